"""The records that count: one a machine and planned shift, whichever source it came from."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from production.models import Machine, ProductionRecord
from production.shopfloor.window import Window


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
