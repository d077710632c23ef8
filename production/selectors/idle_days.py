"""Plant days on which nobody works: closures, and days that no shift pattern has."""

from __future__ import annotations

from datetime import date, timedelta

from production.models import Machine
from production.selectors.calendar import calendar_of, closed_days, plant_timezone


def idle_days(first: date, *, count: int) -> frozenset[date]:
    """Those of `count` days from `first` on which no machine has a shift; none where no machine has
    a pattern.
    """
    timezone, closed = plant_timezone(), closed_days()
    machines = Machine.objects.filter(active=True, shift_pattern__isnull=False)
    patterns = {one.shift_pattern_id: one for one in machines.select_related("shift_pattern")}
    found = [calendar_of(one, timezone=timezone, closed=closed) for one in patterns.values()]
    calendars = [calendar for calendar in found if calendar is not None]
    days = [first + timedelta(days=n) for n in range(count)] if calendars else []
    return frozenset(day for day in days if not any(one.on(day) for one in calendars))
