"""Make a plant from the file that `backup_tenant` wrote: as it was, or not at all. A line a table:
its name, its rows, their hash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from amis.errors import AmisError
from tenants.services.restore import restore_tenant
from tenants.sessions import plant_url


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            tenant, held = restore_tenant(path=path)
        except AmisError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        for table in held:
            self.stdout.write(str(table))
        rows = sum(table.rows for table in held)
        self.stdout.write(f"{tenant.tenant_id}: {rows} rows; it answers at {plant_url(tenant)}")
