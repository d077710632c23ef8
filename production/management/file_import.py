"""What the commands that import a file into a plant have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from amis.errors import AmisError
from production.services.past import Outcome
from tenants.services.plants import tenant_by_id


class FileImport(BaseCommand):
    """Takes a file and a plant; counts on the first line, remarks on those after it."""

    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV in UTF-8, or XLSX")
        parser.add_argument("--tenant", required=True, metavar="T", help="the plant's id")

    def take(self, path: Path, options: dict[str, Any]) -> Outcome:
        """Import the file into the plant that is entered."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            tenant = tenant_by_id(options["tenant"])
        except AmisError as error:
            raise CommandError(error.message) from error
        try:
            with tenant_context(tenant):
                done = self.take(path, options)
        except AmisError as error:
            raise CommandError(f"{path}:\n{error.message}") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        self.stdout.write(
            f"created {done.created}, updated {done.updated}, unchanged {done.unchanged}"
        )
        if done.removed:
            self.stdout.write(f"Stops that the file does not tell, removed: {done.removed}.")
        for remark in done.remarks:
            self.stdout.write(remark)
