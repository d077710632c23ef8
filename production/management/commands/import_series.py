"""Bring in past values of process signals from a CSV file: machine_id, signal, time, value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from production.management.file_import import FileImport
from production.services.past import Outcome, import_series


class Command(FileImport):
    help = __doc__

    def take(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_series(path=path)
