"""Print a new API token for a person and a plant; both the account and its role are made if
missing.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from amis.errors import AmisError
from tenants.models import Role, User
from tenants.services.people import create_user, grant_role
from tenants.services.plants import tenant_by_id
from tenants.services.tokens import create_token


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the plant's id")
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument("--role", required=True, choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = tenant_by_id(options["tenant"])
            user = _person(options["user"])
            grant_role(user=user, tenant=tenant, role=options["role"])
            self.stdout.write(create_token(user=user, tenant=tenant))
        except AmisError as error:
            raise CommandError(error.message) from error


def _person(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        return user
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email} is not an e-mail address.") from error
    name = email.split("@")[0]
    taken = User.objects.filter(username=name).exists()
    return create_user(username=email.lower() if taken else name, email=email)
