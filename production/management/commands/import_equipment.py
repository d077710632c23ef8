"""Bring a plant's equipment to what a YAML file says; all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from amis.errors import AmisError
from production.services.equipment import import_equipment
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--tenant", required=True, metavar="T", help="the plant's id")
        parser.add_argument("--dry-run", action="store_true", help="count, but write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            tenant = tenant_by_id(options["tenant"])
            text = path.read_text(encoding="utf-8-sig")
        except AmisError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise CommandError(f"{path}: line {line}: the file is not in UTF-8.") from error
        try:
            with tenant_context(tenant):
                done = import_equipment(text=text, folder=path.parent, dry_run=options["dry_run"])
        except AmisError as error:
            raise CommandError(f"{path}:\n{error.message}") from error
        self.stdout.write(
            f"created {done.created}, updated {done.updated}, unchanged {done.unchanged}"
        )
