"""The plant's clock: breaks and Mondays in local time, instants as microseconds UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NIGHT_BREAK = time(2)
BREAK_STARTS = (NIGHT_BREAK, time(10), time(18))  # one in each of the three shifts
BREAK_US = 30 * MINUTE
_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return (moment - _ORIGIN) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _ORIGIN + timedelta(microseconds=us)


class Timetable:
    """Breaks of a plant that works three shifts around the clock."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)

    def local_day(self, us: int) -> date:
        """The plant's calendar day at an instant."""
        return moment(us).astimezone(self.zone).date()

    def is_monday(self, us: int) -> bool:
        """Whether the plant's calendar says Monday."""
        return self.local_day(us).weekday() == 0

    def breaks_from(self, us: int) -> Iterator[tuple[int, bool]]:
        """(start, is the night's) of every break that ends after the instant, without end."""
        day = self.local_day(us) - timedelta(days=1)
        while True:
            for begin in BREAK_STARTS:
                start = micros(datetime.combine(day, begin, tzinfo=self.zone))
                if start + BREAK_US > us:
                    yield start, begin == NIGHT_BREAK
            day += timedelta(days=1)
