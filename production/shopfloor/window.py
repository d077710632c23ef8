"""The window of a question: the plant days or instants it covers, the shifts that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amis.interval import Interval
from production.shopfloor.shifts import PlannedShift, ShiftCalendar, start_of_day


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open. With `dates` a shift counts on its plant day, without when it starts inside.

    `days` is what was asked for, where it was asked for in days.
    """

    interval: Interval
    dates: tuple[date, date] | None = None
    days: int | None = None

    @classmethod
    def of_days(cls, days: int, *, now: datetime, timezone: str) -> Window:
        """The last `days` plant days, today included."""
        today = now.astimezone(ZoneInfo(timezone)).date()
        first, last = today - timedelta(days=days - 1), today + timedelta(days=1)
        return cls(_midnights(first, last, timezone), (first, last), days)

    @classmethod
    def of_dates(cls, first: date, last: date, *, timezone: str) -> Window:
        """Plant days `first` to before `last`."""
        return cls(_midnights(first, last, timezone), (first, last))

    def shifts(self, calendar: ShiftCalendar, within: Interval) -> list[PlannedShift]:
        """The planned shifts of this window that share time with `within`, in order."""
        return [shift for shift in calendar.overlapping(within) if self.holds(shift)]

    def holds(self, shift: PlannedShift) -> bool:
        if self.dates is not None:
            return self.dates[0] <= shift.date < self.dates[1]
        return shift.interval.start in self.interval


def _midnights(first: date, last: date, timezone: str) -> Interval:
    return Interval(start_of_day(first, timezone), start_of_day(last, timezone))
