"""What was said of shifts before they began, beside what came: from graded rows, newest first."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from analytics.models import Prediction
from analytics.selectors.evidence_shapes import GradedShift, TrackRecord

SHIFTS_A_MACHINE = 56


def track_record(machine_id: str | None = None) -> TrackRecord:
    """The last 56 graded shifts of each machine, of each what was said last before its start."""
    rows = list(_graded(machine_id))
    errors = [abs(row.median_min - row.actual_min) for row in rows]
    naive = [abs(row.naive_min - row.actual_min) for row in rows if row.naive_min is not None]
    return TrackRecord(
        shifts=[_shift(row) for row in rows],
        mae_min=_mean(errors),
        naive_mae_min=_mean(naive),
        in_80=_mean([row.lo80 <= row.actual_min <= row.hi80 for row in rows]),
        in_95=_mean([row.lo95 <= row.actual_min <= row.hi95 for row in rows]),
    )


def last_said(rows: Prediction) -> Prediction:
    """Of several predictions of a shift the last one before its start is the one that counts."""
    return rows.order_by("machine_id", "-shift_start", "-as_of", "-issued_at").distinct(
        "machine_id", "shift_start"
    )


def _graded(machine_id: str | None) -> Iterable[Prediction]:
    graded = Prediction.objects.filter(
        graded_at__isnull=False, is_shadow=False, machine__isnull=False
    )
    if machine_id is not None:
        graded = graded.filter(machine__machine_id=machine_id)
    newest = last_said(graded).values("pk")
    numbered = Prediction.objects.filter(pk__in=newest).annotate(
        place=Window(RowNumber(), partition_by=F("machine_id"), order_by=F("shift_start").desc())
    )
    return numbered.filter(place__lte=SHIFTS_A_MACHINE).select_related("machine")


def _shift(row: Prediction) -> GradedShift:
    return GradedShift(
        machine_name=row.machine.machine_name,
        start=row.shift_start,
        shift=row.shift,
        predicted_min=row.median_min,
        actual_min=row.actual_min,
        beyond=not row.lo95 <= row.actual_min <= row.hi95,
    )


def _mean(values: list[float] | list[bool]) -> float | None:
    return sum(values) / len(values) if values else None
