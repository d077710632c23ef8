"""When models are trained and when predictions are made: instants that a replay finds again.

Predictions and trainings stand at instants that follow from the plant's calendar alone, so that
what was served and what a replay says are as of the same instant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_MONDAY = date(2000, 1, 3)
GRACE = timedelta(seconds=75)
"""How long after an instant its data may still arrive before a prediction as of it is made."""


def midnight(day: date, timezone: str) -> datetime:
    """The first instant of a plant day."""
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(timezone))
    return local.astimezone(UTC)


def plant_day(instant: datetime, timezone: str) -> date:
    return instant.astimezone(ZoneInfo(timezone)).date()


def training_instant(as_of: datetime, *, every_days: int, timezone: str) -> datetime:
    """The newest training day at or before an instant: 00:00 plant time, counted from a Monday."""
    day = plant_day(as_of, timezone)
    back = (day - FIRST_MONDAY).days % every_days
    return midnight(day - timedelta(days=back), timezone)


def issue_instant(shift_start: datetime, now: datetime) -> datetime:
    """As of when a shift's downtime is predicted at `now`: its start once it has begun, before that
    the newest full hour.
    """
    if now >= shift_start:
        return shift_start
    return now.replace(minute=0, second=0, microsecond=0)
