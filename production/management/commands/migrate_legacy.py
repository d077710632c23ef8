"""Bring in the earlier product's production table from a CSV or XLSX file: machine_id, shift,
production_date, units_produced, defective_units, downtime_min, timestamp. Of a shift that is there
several times the row with the newest timestamp counts; without a production_date the timestamp
tells the day. All or nothing, harmless to repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from production.management.file_import import FileImport
from production.services.past import Outcome, migrate_legacy


class Command(FileImport):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count, but write nothing")

    def take(self, path: Path, options: dict[str, Any]) -> Outcome:
        return migrate_legacy(path=path, dry_run=options["dry_run"])
