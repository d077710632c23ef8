"""The plant's machines with all that a question about their shifts needs, in one query."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery

from production.models import Machine, PlantClosure, ProductionRecord
from production.selectors.calendar import calendar_of, plant_timezone
from production.shopfloor.shifts import ShiftCalendar


def plant_machines() -> QuerySet[Machine]:
    """Machines with line, pattern and connection, and with `first_day` and `closed_days`.

    `first_day` is the first plant day that has a record, or None.
    """
    earliest = ProductionRecord.objects.filter(machine=OuterRef("pk")).order_by("production_date")
    return Machine.objects.select_related("line__area", "shift_pattern", "connection").annotate(
        first_day=Subquery(earliest.values("production_date")[:1]),
        closed_days=ArraySubquery(PlantClosure.objects.order_by().values("day")),
    )


def first_day(machine: Machine) -> date | None:
    """The plant day of the machine's first record."""
    return _annotated(machine).first_day  # type: ignore[no-any-return]


def shift_calendar(machine: Machine, *, timezone: str | None = None) -> ShiftCalendar | None:
    """The machine's calendar, without asking the database once more."""
    closed: frozenset[date] = frozenset(_annotated(machine).closed_days)
    return calendar_of(machine, timezone=timezone or plant_timezone(), closed=closed)


def _annotated(machine: Machine) -> Any:
    """The machine itself where it came from `plant_machines`, else its row read anew."""
    if hasattr(machine, "first_day"):
        return machine
    return plant_machines().get(pk=machine.pk)
