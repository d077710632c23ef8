"""Planned shifts of machines, past and to come, as the plant's calendar has them today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from production.models import Machine
from production.selectors.machines import first_day, shift_calendar
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


def plan_rows(
    machines: Sequence[Machine],
    *,
    start: datetime,
    end: datetime,
    timezone: str,
    since_record: bool = True,
) -> list[PlannedRow]:
    """The shifts that start in `[start, end)`, where wanted from a machine's first record day."""
    zone = ZoneInfo(timezone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    found = []
    for machine in machines:
        calendar = shift_calendar(machine, timezone=timezone)
        if calendar is None:
            continue
        since = max(first, first_day(machine) or last) if since_record else first
        for shift in calendar.between(since, last + timedelta(days=1)):
            if start <= shift.interval.start < end:
                found.append(row_of(machine, shift))
    return found


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
