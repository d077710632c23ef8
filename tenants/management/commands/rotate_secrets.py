"""Seal every secret in the database anew with the newest of AMIS_SECRET_KEYS.

Put the new key in front, restart, run this, then take the old key away. It may be run again.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.services.rotation import rotate_secrets


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        locked: list[str] = []
        for one in rotate_secrets():
            self.stdout.write(f"{one.schema} {one.sealed}")
            locked += [f"{one.schema}: {row}" for row in one.locked]
        if locked:
            raise CommandError(
                "None of the keys opens these; keep the old keys, or enter the secrets anew: "
                + ", ".join(locked)
            )
