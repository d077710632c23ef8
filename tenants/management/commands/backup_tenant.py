"""Write a plant to a file that only its owner reads: all rows of one moment, hosts and members, no
keys. A line a table: its name, its rows, their hash; `restore_tenant` prints the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from amis.errors import AmisError
from tenants.services.backup import backup_tenant
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant_id", metavar="T", help="the plant's id")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["out"]
        try:
            held = backup_tenant(tenant_by_id(options["tenant_id"]), path=path)
        except AmisError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        for table in held:
            self.stdout.write(str(table))
        self.stdout.write(f"{options['tenant_id']}: {sum(t.rows for t in held)} rows in {path}")
