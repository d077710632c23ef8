"""Planned shifts of machines, past and to come, as the plant's calendar has them today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from production.models import Machine
from production.selectors.machines import shift_calendar
from production.shopfloor.shifts import PlannedShift, ShiftCalendar


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One planned shift of one machine (its row id); minutes without breaks."""

    machine: int
    day: date
    shift: str
    start: datetime
    end: datetime
    planned_min: float


def shifts_to_come(
    machine: Machine, *, start: datetime, end: datetime, timezone: str
) -> list[PlannedShift]:
    """The machine's planned shifts that start in `[start, end)`, in order."""
    calendar = shift_calendar(machine, timezone=timezone)
    if calendar is None:
        return []
    zone = ZoneInfo(timezone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    planned = calendar.between(first, last + timedelta(days=1))
    return [shift for shift in planned if start <= shift.interval.start < end]


def row_of(machine: Machine, shift: PlannedShift) -> PlannedRow:
    return PlannedRow(
        machine=machine.pk,
        day=shift.date,
        shift=shift.name,
        start=shift.interval.start,
        end=shift.interval.end,
        planned_min=shift.pbt_s / 60,
    )


def next_shift(
    calendar: ShiftCalendar, instant: datetime, *, days: int = 14
) -> PlannedShift | None:
    """The first planned shift that starts at or after an instant, within some days."""
    day = instant.astimezone(ZoneInfo(calendar.timezone)).date()
    for shift in calendar.between(day - timedelta(days=1), day + timedelta(days=days)):
        if shift.interval.start >= instant:
            return shift
    return None
