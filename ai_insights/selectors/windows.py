"""Which plant days an analysis of so many days is about."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analytics.ml.instants import plant_day
from production.models import ProductionRecord
from production.selectors.calendar import plant_timezone
from production.selectors.complete_day import last_complete_day
from production.shopfloor.window import Window

DAILY_DAYS = (1, 7, 30)
"""Analyses that each complete day brings anew; the page's choices."""
DEFAULT_DAYS = 7


def insight_window(days: int, *, now: datetime) -> Window:
    """The last `days` complete plant days, so that a figure does not change under its sentence; on
    a plant's first day the days until now.
    """
    last = last_complete_day(now)
    if not ProductionRecord.objects.filter(production_date__lte=last, effective=True).exists():
        return Window.of_days(days, now=now, timezone=plant_timezone())
    first = last - timedelta(days=days - 1)
    return Window.of_dates(first, last + timedelta(days=1), timezone=plant_timezone())


def days_of(window: Window) -> tuple[date, date]:
    """First and last plant day of a window, both included; of instants the days that they touch."""
    if window.dates is not None:
        first, after = window.dates
        return first, max(first, after - timedelta(days=1))
    start, end = window.interval.start, window.interval.end
    last = max(start, end - timedelta(microseconds=1))
    timezone = plant_timezone()
    return plant_day(start, timezone), plant_day(last, timezone)
