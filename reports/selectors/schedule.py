"""When the daily report is due, by the plant's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.ml.instants import plant_day
from production.shopfloor.shifts import instant_at
from reports.models import ReportSchedule
from reports.models.schedule import WEEKDAYS

LOOKS_BACK, LOOKS_AHEAD = 8, 9
"""Days; every weekday is among them, and none that daylight saving time moves is missed."""


def plant_schedule() -> ReportSchedule:
    """The plant's one row, made when it is first asked for."""
    return ReportSchedule.objects.get_or_create(pk=1)[0]


def instants(
    schedule: ReportSchedule, *, now: datetime, timezone: str, days: range
) -> list[datetime]:
    """The schedule's instants on the plant days that lie `days` from today's, in order."""
    today = plant_day(now, timezone)
    wanted = [
        day
        for n in days
        if WEEKDAYS[(day := today + timedelta(days=n)).weekday()] in schedule.weekdays
    ]
    return sorted(instant_at(day, schedule.time, timezone) for day in wanted)


def newest_instant(schedule: ReportSchedule, *, now: datetime, timezone: str) -> datetime | None:
    """The newest instant that has come since the schedule holds; None where none has."""
    past = instants(schedule, now=now, timezone=timezone, days=range(-LOOKS_BACK, 2))
    come = [at for at in past if schedule.since < at <= now]
    return come[-1] if schedule.enabled and come else None


def next_instant(schedule: ReportSchedule, *, now: datetime, timezone: str) -> datetime | None:
    """The next instant to come; None while the schedule is off or has no weekday."""
    ahead = instants(schedule, now=now, timezone=timezone, days=range(-1, LOOKS_AHEAD))
    return next((at for at in ahead if at > now), None) if schedule.enabled else None
