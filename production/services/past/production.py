"""Figures of whole shifts from a file, by the rules that submitted ones obey, without their limit
of rows.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from production.models import ProductionRecord
from production.services.figures import NUMBERS, check_figures
from production.services.given import give_records
from production.services.past.outcome import Outcome
from production.services.past.table import Table, TableRow

COLUMNS = ("production_date", "machine_id", "shift")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def import_production(*, path: Path, now: datetime | None = None) -> Outcome:
    """Store the file's figures as imported records. An empty figure, or a column that is not there,
    is unknown. Raises Invalid with every fault; then nothing is written.
    """
    table = Table(path, COLUMNS, NUMBERS)
    rows = list(table)
    table.faults.raise_any()
    figures, wrong = check_figures(map(_values, rows), now=now or timezone.now())
    for fault in wrong:
        table.faults.add(rows[fault["row"] - 1], fault["field"], fault["message"])
    table.faults.raise_any()
    stored = give_records(figures, source=ProductionRecord.Source.IMPORTED)
    return Outcome(**stored.counts, remarks=table.remarks)


def _values(row: TableRow) -> dict[str, Any]:
    texts = dict(zip((*COLUMNS, *NUMBERS), row.cells, strict=True))
    return {
        name: figure_of(text) if name in NUMBERS else text or None for name, text in texts.items()
    }


def figure_of(text: str) -> float | str | None:
    """What is no number stays text, which the rules refuse by name."""
    if not text:
        return None
    return float(text) if NUMBER.fullmatch(text) else text
