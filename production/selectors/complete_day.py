"""Which plant day is over: what an analysis or a report may speak of without being overtaken."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amis.interval import Interval
from production.models import Machine
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
from production.shopfloor.shifts import start_of_day

LONGEST_SHIFT = timedelta(days=2)


def last_complete_day(now: datetime) -> date:
    """The newest plant day that is over and whose shifts have all ended: with a night shift until
    06:00, yesterday only from 06:00 on.
    """
    timezone = plant_timezone()
    ends = _ends_of_days(now, timezone)
    day = now.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
    while ends.get(day, now) > now:
        day -= timedelta(days=1)
    return day


def end_of_day(day: date) -> datetime:
    """When the day is complete: its midnight, or the end of its last shift."""
    timezone = plant_timezone()
    midnight = start_of_day(day + timedelta(days=1), timezone)
    return max(midnight, _ends_of_days(midnight, timezone).get(day, midnight))


def _ends_of_days(around: datetime, timezone: str) -> dict[date, datetime]:
    """Plant day → end of its last shift on any machine, of the days around an instant."""
    span = Interval(around - LONGEST_SHIFT, around + LONGEST_SHIFT)
    closed = closed_days()
    machines = Machine.objects.filter(active=True, shift_pattern__isnull=False)
    patterns = {m.shift_pattern_id: m for m in machines.select_related("shift_pattern")}
    ends: dict[date, datetime] = {}
    for machine in patterns.values():
        calendar = calendar_of(machine, timezone=timezone, closed=closed)
        for shift in calendar.overlapping(span) if calendar else []:
            end = shift.interval.end
            ends[shift.date] = max(ends.get(shift.date, end), end)
    return ends
