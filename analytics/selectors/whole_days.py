"""Which plant days are over and settled, so that their figures stand beside forecasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analytics.ml.instants import midnight, plant_day
from analytics.selectors.shift_history import predicted_machines
from production.selectors.calendar import plant_timezone
from production.selectors.machines import shift_calendar

SETTLED = timedelta(minutes=5)
"""So long after its end a shift's record may still be derived."""


def known_until(now: datetime) -> date:
    """The plant day before which every shift has ended and its record has settled.

    A night shift belongs to the day on which it starts, so yesterday is not whole before morning.
    """
    timezone = plant_timezone()
    today = plant_day(now, timezone)
    yesterday = today - timedelta(days=1)
    ends = [midnight(today, timezone)]
    for machine in predicted_machines():
        calendar = shift_calendar(machine, timezone=timezone)
        ends += [shift.interval.end for shift in calendar.on(yesterday)] if calendar else []
    return today if max(ends) + SETTLED <= now else yesterday
