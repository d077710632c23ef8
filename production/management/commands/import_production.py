"""Bring in figures of past shifts from a CSV file: production_date, machine_id, shift,
units_produced, defective_units, downtime_min; an empty figure is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from production.management.file_import import FileImport
from production.services.past import Outcome, import_production


class Command(FileImport):
    help = __doc__

    def take(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_production(path=path)
