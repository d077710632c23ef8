"""Take the second factor of a person who has lost device and recovery codes. Make sure first who
asks: from then on the password alone opens the account.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import User
from tenants.services.factors import switch_off


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, metavar="EMAIL", help="or the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.by_sign_in_name(options["user"])
        if user is None:
            raise CommandError(f"There is no account {options['user']}.")
        if not switch_off(user, by="the operator"):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} signs in by password alone.")
