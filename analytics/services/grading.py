"""The truth joins what was said, when it is there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone as clock

from analytics.models import Prediction
from analytics.selectors.answers import answers_changed
from production.models import ProductionRecord

BATCH = 5000
SETTLED = timedelta(minutes=5)
"""After a shift's end its record is derived once more."""
PATIENCE = timedelta(days=31)


def grade_predictions(*, now: datetime) -> int:
    """Grade predictions whose shift has ended; how many were graded.

    A shift whose downtime is unknown may still be submitted: it is asked for again for a month.
    """
    waiting = Prediction.objects.filter(
        graded_at__isnull=True, shift_end__gt=now - PATIENCE, shift_end__lte=now - SETTLED
    )
    rows = list(waiting.order_by("-shift_start")[:BATCH])
    truths = _truths(rows)
    graded = []
    for row in rows:
        actual = truths.get((row.machine_id, row.shift_start))
        if actual is None:
            continue
        row.actual_min, row.graded_at = actual, clock.now()
        graded.append(row)
    Prediction.objects.bulk_update(graded, ["actual_min", "graded_at"])
    if graded:
        answers_changed()
    return len(graded)


def _truths(rows: list[Prediction]) -> dict[tuple[int | None, datetime], float]:
    starts = {row.shift_start for row in rows}
    known = ProductionRecord.objects.filter(
        effective=True, shift_start__in=starts, adet_s__isnull=False
    )
    found: dict[tuple[int | None, datetime], float] = {
        (pk, start): adet_s / 60
        for pk, start, adet_s in known.values_list("machine_id", "shift_start", "adet_s")
    }
    totals = known.order_by().values("shift_start").annotate(total=Sum("adet_s"))
    for total in totals:
        found[None, total["shift_start"]] = total["total"] / 60
    return found
