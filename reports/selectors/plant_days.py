"""Plant days as a report sees them: which one ended last, and from when to when days last."""

from __future__ import annotations

from datetime import date, datetime

from amis.interval import Interval
from production.models import ProductionRecord
from production.selectors.calendar import plant_timezone
from production.selectors.complete_day import end_of_day, last_complete_day
from production.selectors.machines import plant_machines, shift_calendar
from production.shopfloor.shifts import start_of_day


def day_to_report(instant: datetime) -> date | None:
    """The newest plant day that had ended at an instant; None where no record is that old."""
    day = last_complete_day(instant)
    records = ProductionRecord.objects.filter(production_date__lte=day, effective=True)
    return day if records.exists() else None


def span_of_days(first: date, last: date) -> Interval:
    """From the start of the first shift of `first` to the end of the last shift of `last`, that
    included. A day without shifts begins and ends at plant midnight.
    """
    timezone = plant_timezone()
    calendars = [shift_calendar(m, timezone=timezone) for m in plant_machines() if m.active]
    shifts = [shift for one in calendars if one is not None for shift in one.on(first)]
    starts = [shift.interval.start for shift in shifts]
    start = min(starts, default=start_of_day(first, timezone))
    return Interval(start, max(start, end_of_day(last)))
