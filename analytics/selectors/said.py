"""The stored predictions of the next shift: the newest of each machine, and the plant's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, QuerySet, Value, When

from analytics.models import Prediction
from analytics.models.prediction import Origin


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last of the next shift; `plant` is the total, `machines` worst first."""

    plant: Prediction
    machines: list[Prediction]


def said_live() -> QuerySet[Prediction]:
    """What was said when it was time to, by the version that served: no replay, no shadow."""
    return Prediction.objects.filter(origin=Origin.LIVE, is_shadow=False)


def said_last(now: datetime, *, machine_id: str | None = None) -> Said | None:
    """What was said up to `now`; None where nothing is stored for a shift that is still to end.

    A shift to come goes before the one that runs, which is shown only in the minutes in which the
    next one is being scored.
    """
    rows = _newest(said_live().filter(shift_end__gt=now, as_of__lte=now), now)
    plant = next((row for row in rows if row.machine is None), None)
    machines = [row for row in rows if row.machine is not None]
    if machine_id is not None:
        machines = [row for row in machines if row.machine.machine_id == machine_id]
    if plant is None or not machines:
        return None
    return Said(plant, sorted(machines, key=_worst_first))


def _newest(rows: QuerySet[Prediction], now: datetime) -> list[Prediction]:
    newest = nearest_first(rows.select_related("machine", "version"), now, "machine_id")
    return list(newest.distinct("machine_id"))


def nearest_first(rows: QuerySet[Prediction], now: datetime, *before: str) -> QuerySet[Prediction]:
    """Ordered (within `before`) by the shift that counts: to come before running, newest said."""
    runs = Case(
        When(shift_start__lte=now, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    order = (*before, "runs", "shift_start", "-as_of", "-issued_at")
    return rows.annotate(runs=runs).order_by(*order)


def _worst_first(row: Prediction) -> tuple[bool, float, float, str]:
    return not row.down_now, -row.p_downtime_30, -row.expected_min, row.machine.machine_id
