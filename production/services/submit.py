"""Shift figures from a person or another system: stored all or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from amis.errors import Invalid
from production.models import ProductionRecord
from production.services.figures import Fault, check_figures
from production.services.given import give_records

MOST_ERRORS = 1000


def submit_records(*, rows: Sequence[Any], now: datetime | None = None) -> dict[str, int]:
    """Store figures of whole shifts; they count from now on in place of derived ones.

    Each row is {production_date, machine_id, shift, units_produced, defective_units, downtime_min};
    the last three may be null, which is unknown and not zero. Raises Invalid with every fault of
    every row (rows from 1); then nothing is written.
    """
    figures, faults = check_figures(rows, now=now or timezone.now())
    if faults:
        first = faults[0]
        raise Invalid(
            f"Row {first['row']}, {first['field']}: {first['message']}{_more(faults)}. "
            "Nothing was written.",
            errors=faults[:MOST_ERRORS],
        )
    stored = give_records(figures, source=ProductionRecord.Source.SUBMITTED)
    return {"received": len(figures), **stored.counts}


def _more(faults: list[Fault]) -> str:
    return f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
