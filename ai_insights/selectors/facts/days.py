"""Plant days in words and in addresses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from amis.interval import Interval
from production.shopfloor.window import Window

DASH = "\u2013"
SO_FAR = " so far"


def day_words(day: date) -> str:
    """Wed 18 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def since_words(day: date, *, on: date) -> str:
    """since 1 Jul; with its year where that is another one."""
    year = "" if day.year == on.year else f" {day.year}"
    return f"since {day.day} {day:%b}{year}"


def span_words(first: date, last: date) -> str:
    """Wed 18 Nov; 12–18 Nov; 28 Oct – 3 Nov. `last` is included."""
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{last.day} {last:%b}"
    return f"{first.day} {first:%b} {DASH} {last.day} {last:%b}"


def moment_words(moment: datetime, timezone: str) -> str:
    """Wed 18 Nov 14:05, in plant time."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{day_words(local.date())} {local:%H:%M}"


def at_words(moment: datetime, timezone: str) -> str:
    """at 14:05 on Wed 18 Nov, in plant time: what was so then may be otherwise when it is read."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"at {local:%H:%M} on {day_words(local.date())}"


def since_moment_words(since: datetime, *, at: datetime, timezone: str) -> str:
    """since 11:30; with its day where that is another one than that of `at`."""
    begun, seen = (moment.astimezone(ZoneInfo(timezone)) for moment in (since, at))
    is_same_day = begun.date() == seen.date()
    return f"since {begun:%H:%M}" if is_same_day else f"since {moment_words(since, timezone)}"


def window_words(window: Window, *, timezone: str, now: datetime) -> str:
    """The days of a window, or its instants; it says so where the window still runs."""
    tail = SO_FAR if window.interval.start < now < window.interval.end else ""
    if window.dates is not None:
        first, after = window.dates
        return span_words(first, max(first, after - timedelta(days=1))) + tail
    ends = (window.interval.start, window.interval.end)
    return f" {DASH} ".join(moment_words(end, timezone) for end in ends) + tail


def last_day(window: Window, *, timezone: str) -> date:
    """The last plant day of a window."""
    if window.dates is not None:
        return max(window.dates[0], window.dates[1] - timedelta(days=1))
    end = max(window.interval.start, window.interval.end - timedelta(microseconds=1))
    return end.astimezone(ZoneInfo(timezone)).date()


def window_before(window: Window, *, timezone: str) -> Window:
    """As many plant days (or as long a time) just before."""
    if window.dates is not None:
        first, after = window.dates
        return Window.of_dates(first - (after - first), first, timezone=timezone)
    start, length = window.interval.start, window.interval.end - window.interval.start
    return Window(Interval(start - length, start))


def address(path: str, window: Window, **more: str) -> str:
    """A path of the API with the window's ends, as plant dates where it has them."""
    ends = window.dates or (window.interval.start, window.interval.end)
    query = {"from": ends[0].isoformat(), "to": ends[1].isoformat(), **more}
    return f"{path}?{urlencode(query)}"
