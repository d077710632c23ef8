"""The records that count: one a machine and planned shift, whichever source it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum

from production.models import Machine, ProductionRecord
from production.shopfloor.window import Window

COLUMNS = (
    "production_date",
    "shift",
    "machine__machine_id",
    "machine__machine_name",
    "units_produced",
    "good_units",
    "defective_units",
    "adet_s",
    "pbt_s",
    "apt_s",
    "oee",
    "source",
    "simulated",
    "updated_at",
)
NAMES = [
    {"adet_s": "downtime_min", "pbt_s": "pbt_min", "apt_s": "apt_min"}.get(
        column, column.removeprefix("machine__")
    )
    for column in COLUMNS
]


def records_in(
    *, window: Window, machines: Iterable[Machine], shift: str | None = None
) -> QuerySet[ProductionRecord]:
    """The effective records of a window."""
    records = ProductionRecord.objects.filter(effective=True)
    if window.dates is not None:
        first, last = window.dates
        records = records.filter(production_date__gte=first, production_date__lt=last)
    else:
        start, end = window.interval.start, window.interval.end
        records = records.filter(shift_start__gte=start, shift_start__lt=end)
    if shift is not None:
        records = records.filter(shift=shift)
    return records.filter(machine__in=[m.pk for m in machines])


def untold_s(*, window: Window, machines: Iterable[Machine]) -> dict[str, float]:
    """machine_id → seconds of downtime that were given as a sum, without stops."""
    records = records_in(window=window, machines=machines)
    given = records.exclude(source=ProductionRecord.Source.DERIVED).filter(stops_imported=False)
    sums = given.order_by().values("machine__machine_id").annotate(total=Sum("adet_s"))
    return {row["machine__machine_id"]: row["total"] or 0.0 for row in sums}


def newest_first(records: QuerySet[ProductionRecord]) -> QuerySet[ProductionRecord]:
    return records.order_by("-shift_start", "machine__machine_id")


def record_rows(records: QuerySet[ProductionRecord]) -> list[dict[str, Any]]:
    """Records as the API and the live events show them; times are objects, durations minutes."""
    return [_present(row) for row in records.values_list(*COLUMNS)]


def _present(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        name: value / 60 if name.endswith("_min") and value is not None else value
        for name, value in zip(NAMES, row, strict=True)
    }
