"""The window of a report: the plant days or the instants that its figures are of."""

from __future__ import annotations

from datetime import date, timedelta

from ai_insights.selectors.windows import days_of
from amis.interval import Interval
from analytics.ml.instants import plant_day
from production.selectors.calendar import plant_timezone
from production.shopfloor.shifts import start_of_day
from production.shopfloor.window import Window
from reports.models import Report
from reports.selectors.plant_days import span_of_days

DAY = timedelta(days=1)


def window_of_report(report: Report) -> Window:
    """Plant days where the report begins and ends at plant midnights, else its instants."""
    timezone = plant_timezone()
    interval = Interval(report.start, report.end)
    first, after = (plant_day(end, timezone) for end in (interval.start, interval.end))
    days = Window.of_dates(first, after, timezone=timezone)
    return days if first < after and days.interval == interval else Window(interval)


def span_of_window(window: Window) -> Interval:
    """The time that strips and stops are shown of: of plant days all their shifts."""
    return span_of_days(*days_of(window)) if window.dates else window.interval


def midnights(first: date, last: date) -> Interval:
    """Plant days `first` to `last`, that included, as instants."""
    timezone = plant_timezone()
    return Interval(start_of_day(first, timezone), start_of_day(last + DAY, timezone))
