"""The plant's clock and shift calendars."""

from __future__ import annotations

from datetime import date

from django.db import connection

from production.models import Machine, PlantClosure, ShiftPattern
from production.shopfloor.shifts import BreakTime, ShiftCalendar, ShiftTime, WeekPattern
from tenants.models import Tenant

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plant_timezone() -> str:
    """The IANA zone of the plant whose schema is entered."""
    known: str | None = getattr(connection.tenant, "timezone", None)
    if known:
        return known
    return Tenant.objects.values_list("timezone", flat=True).get(schema_name=connection.schema_name)


def plant_name() -> str:
    """What people call the plant whose schema is entered."""
    known: str | None = getattr(connection.tenant, "tenant_name", None)
    if known:
        return known
    names = Tenant.objects.values_list("tenant_name", flat=True)
    return names.get(schema_name=connection.schema_name)


def closed_days() -> frozenset[date]:
    return frozenset(PlantClosure.objects.values_list("day", flat=True))


def week_pattern(pattern: ShiftPattern) -> WeekPattern:
    """The stored JSON as the maths wants it."""
    return WeekPattern(
        days=frozenset(DAYS.index(day) for day in pattern.days),
        shifts=tuple(ShiftTime(s["name"], s["start"], s["end"]) for s in pattern.shifts),
        breaks=tuple(BreakTime(b["start"], b["end"]) for b in pattern.breaks),
    )


def calendar_of(
    machine: Machine, *, timezone: str | None = None, closed: frozenset[date] | None = None
) -> ShiftCalendar | None:
    """The machine's shift calendar; None where it has no pattern."""
    if machine.shift_pattern is None:
        return None
    return ShiftCalendar(
        timezone or plant_timezone(),
        week_pattern(machine.shift_pattern),
        closed_days() if closed is None else closed,
    )
