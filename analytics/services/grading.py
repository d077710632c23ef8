"""The truth joins what was said, when it is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone as clock

from analytics.models import Prediction
from analytics.selectors.answers import answers_changed
from analytics.selectors.shift_history import LEAST_HEARD
from analytics.selectors.whole_days import SETTLED
from production.models import ProductionRecord

BATCH = 5000
PATIENCE = timedelta(days=31)

Place = tuple[int, datetime]
Issue = tuple[Any, ...]
"""Shift start, instant and version of a plant's prediction."""


def grade_predictions(*, now: datetime) -> int:
    """Grade predictions whose shift has ended; how many were graded.

    A shift whose downtime is unknown may still be submitted: it is asked for again for a month.
    """
    waiting = Prediction.objects.filter(
        graded_at__isnull=True, shift_end__gt=now - PATIENCE, shift_end__lte=now - SETTLED
    )
    rows = list(waiting.order_by("-shift_start")[:BATCH])
    truths, members = _truths(rows), _members(rows)
    graded = []
    for row in rows:
        actual = _actual(row, truths, members)
        if actual is None:
            continue
        row.actual_min, row.graded_at = actual, clock.now()
        graded.append(row)
    Prediction.objects.bulk_update(graded, ["actual_min", "graded_at"])
    if graded:
        answers_changed()
    return len(graded)


def _truths(rows: list[Prediction]) -> dict[Place, float]:
    """Minutes by machine and shift start, where most of the shift was heard."""
    heard_s = LEAST_HEARD * (F("pbt_s") + F("no_data_s"))
    known = ProductionRecord.objects.filter(
        effective=True, shift_start__in={row.shift_start for row in rows}, adet_s__isnull=False
    ).filter(pbt_s__gte=heard_s)
    values = known.values_list("machine_id", "shift_start", "adet_s")
    return {(pk, start): adet_s / 60 for pk, start, adet_s in values}


def _members(rows: list[Prediction]) -> dict[Issue, list[int]]:
    """The machines whose predictions were added up in each of the plant's."""
    starts = {row.shift_start for row in rows if row.machine_id is None}
    said = Prediction.objects.filter(machine__isnull=False, shift_start__in=starts).order_by()
    found: dict[Issue, list[int]] = {}
    for pk, *issue in said.values_list("machine_id", "shift_start", "as_of", "version_id"):
        found.setdefault(tuple(issue), []).append(pk)
    return found


def _actual(
    row: Prediction, truths: dict[Place, float], members: dict[Issue, list[int]]
) -> float | None:
    """A plant's total is known when every machine in it is."""
    if row.machine_id is not None:
        return truths.get((row.machine_id, row.shift_start))
    machines = members.get((row.shift_start, row.as_of, row.version_id), [])
    found = [truths.get((pk, row.shift_start)) for pk in machines]
    known = [minutes for minutes in found if minutes is not None]
    return sum(known) if known and len(known) == len(found) else None
