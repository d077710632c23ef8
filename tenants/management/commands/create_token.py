"""Print a new API token: for a person and a plant, whose account and role are made if missing, or
for no plant (--platform), which only platform administrators and corporate viewers have.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from amis.errors import AmisError
from tenants.models import AccessLog, Membership, Role, User
from tenants.permissions import PlatformAction, may_on_platform
from tenants.services.audit import note
from tenants.services.people import create_user, grant_role
from tenants.services.plants import tenant_by_id
from tenants.services.tokens import create_token


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--tenant", help="the plant's id")
        where.add_argument("--platform", action="store_true", help="a token bound to no plant")
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument("--role", choices=Role.values, help="needed with --tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["platform"] and options["role"]:
            raise CommandError("--role is a role in a plant; it does not go with --platform.")
        if not options["platform"] and not options["role"]:
            raise CommandError("--tenant needs --role, the person's role in that plant.")
        make = _platform_token if options["platform"] else _token
        try:
            with transaction.atomic():
                text = make(options)
            self.stdout.write(text)
        except AmisError as error:
            raise CommandError(error.message) from error


def _token(options: dict[str, Any]) -> str:
    tenant, role = tenant_by_id(options["tenant"]), options["role"]
    user = _person(options["user"])
    had = Membership.objects.filter(user=user, tenant=tenant).values_list("role", flat=True).first()
    if had != role:
        grant_role(user=user, tenant=tenant, role=role)
        was = f"{had} → " if had else ""
        _note(AccessLog.Action.ROLE_GRANTED, f"{user.email}: {was}{role}", tenant.tenant_id)
    _note(AccessLog.Action.TOKEN_MADE, f"for {user.email}", tenant.tenant_id)
    return create_token(user=user, tenant=tenant)


def _platform_token(options: dict[str, Any]) -> str:
    email = options["user"]
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not may_on_platform(user, PlatformAction.VIEW_CORPORATE):
        raise CommandError(
            f"{email} is neither a platform administrator nor a corporate viewer; "
            "make the account one in the admin, or give it a token of a plant with --tenant."
        )
    _note(AccessLog.Action.TOKEN_MADE, f"of no plant, for {user.email}")
    return create_token(user=user, tenant=None)


def _note(action: AccessLog.Action, about: str, tenant_id: str = "") -> None:
    """Nobody is signed in here: it was whoever runs the installation."""
    note(action, user=None, tenant_id=tenant_id, about=f"{about}, by the operator")


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
