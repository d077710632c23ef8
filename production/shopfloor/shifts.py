"""Shift calendars: weekly patterns in a plant's own time zone, true to daylight saving time."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from amis.errors import Invalid
from amis.interval import Interval

TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class ShiftTime:
    """A shift by the wall clock. An end at or before the start is on the next day; "24:00" is
    allowed.
    """

    name: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class BreakTime:
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class WeekPattern:
    """`days` are 0 (Monday) to 6."""

    days: frozenset[int]
    shifts: tuple[ShiftTime, ...]
    breaks: tuple[BreakTime, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """One shift of one plant day, with its breaks, as instants."""

    date: date
    name: str
    interval: Interval
    breaks: tuple[Interval, ...] = ()

    @property
    def pot_s(self) -> float:
        """Planned operation time (POT)."""
        return self.interval.duration_s

    @property
    def pbt_s(self) -> float:
        """Planned busy time: POT without the breaks."""
        return self.pot_s - sum(pause.duration_s for pause in self.breaks)

    def busy_s(self, until: datetime) -> float:
        """Planned busy seconds that have passed at `until`."""
        return self.elapsed(until)[1]

    def elapsed(self, until: datetime) -> tuple[float, float]:
        """POT and planned busy seconds that have passed at `until`."""
        if until >= self.interval.end:
            return self.pot_s, self.pbt_s
        if until <= self.interval.start:
            return 0.0, 0.0
        so_far = Interval(self.interval.start, until)
        cut = [part for pause in self.breaks if (part := pause.intersection(so_far))]
        return so_far.duration_s, so_far.duration_s - sum(part.duration_s for part in cut)


@dataclass(frozen=True)
class ShiftCalendar:
    """A pattern in a zone. `closed` days have no shifts; a shift belongs to the day it starts
    on.
    """

    timezone: str
    pattern: WeekPattern
    closed: frozenset[date] = field(default_factory=frozenset)

    def on(self, day: date) -> tuple[PlannedShift, ...]:
        """The shifts that start on a plant day, in order."""
        return _shifts_on(self, day)

    def between(self, first: date, last_exclusive: date) -> list[PlannedShift]:
        """The shifts of plant days `first` to before `last_exclusive`."""
        days = (last_exclusive - first).days
        return [shift for n in range(days) for shift in self.on(first + timedelta(days=n))]

    def overlapping(self, interval: Interval) -> list[PlannedShift]:
        """The shifts that share time with an interval, in order."""
        zone = ZoneInfo(self.timezone)
        first = interval.start.astimezone(zone).date() - timedelta(days=1)
        last = interval.end.astimezone(zone).date() + timedelta(days=1)
        return [s for s in self.between(first, last) if s.interval.overlaps(interval)]

    def at(self, instant: datetime) -> PlannedShift | None:
        """The shift that runs at an instant."""
        day = instant.astimezone(ZoneInfo(self.timezone)).date()
        for candidate in (*self.on(day - timedelta(days=1)), *self.on(day)):
            if instant in candidate.interval:
                return candidate
        return None

    def day_of(self, instant: datetime) -> date:
        """The plant day of an instant: its shift's, outside shifts the local date."""
        shift = self.at(instant)
        return shift.date if shift else instant.astimezone(ZoneInfo(self.timezone)).date()


def start_of_day(day: date, timezone: str) -> datetime:
    """Local midnight as an instant."""
    return _instant(day, 0, ZoneInfo(timezone))


def instant_at(day: date, at: time, timezone: str) -> datetime:
    """The instant at which a plant's clock first shows a time of a day; where it skips the time,
    the end of the gap.
    """
    return _instant(day, at.hour * 60 + at.minute, ZoneInfo(timezone))


def validate_pattern(pattern: WeekPattern) -> None:
    """Raise Invalid when times are malformed, shifts overlap or a break lies outside every
    shift.
    """
    if pattern.shifts and not pattern.days:
        raise Invalid("The pattern has shifts but no weekday on which they start.")
    spans = []
    for shift in pattern.shifts:
        if not shift.name.strip():
            raise Invalid("A shift needs a name.")
        spans.append((*_span(shift.start, shift.end, f"shift {shift.name}"), shift.name))
    if len({name.lower() for *_, name in spans}) < len(spans):
        raise Invalid("Two shifts of one pattern have the same name.")
    spans.sort()
    ordered = [*spans, (spans[0][0] + DAY_MIN, spans[0][1] + DAY_MIN, spans[0][2])] if spans else []
    for one, other in itertools.pairwise(ordered):
        if other[0] < one[1]:
            raise Invalid(f"The shifts {one[2]} and {other[2]} overlap.")
    for pause in pattern.breaks:
        start, end = _span(pause.start, pause.end, "break")
        inside = any(
            s <= start + days and end + days <= e for s, e, _ in spans for days in (0, DAY_MIN)
        )
        if not inside:
            raise Invalid(f"The break {pause.start}–{pause.end} lies in no shift.")


def _minutes(text: str, what: str) -> int:
    # YAML reads an unquoted 22:00 as the number 1320
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[1] == "24" and match[2] != "00"):
        raise Invalid(f"{text!r} is not a time of day such as 06:00 ({what}).")
    return int(match[1]) * 60 + int(match[2])


@lru_cache(maxsize=4096)
def _span(start: str, end: str, what: str) -> tuple[int, int]:
    first, last = _minutes(start, what), _minutes(end, what)
    if first == DAY_MIN:
        raise Invalid(f"24:00 can only be an end; write 00:00 ({what}).")
    return first, last if last > first else last + DAY_MIN


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Wall clock to instant. A time that the clock skips is the end of the gap, and one that it
    shows twice is the first of the two: so a later time is never an earlier instant.
    """
    days, rest = divmod(minutes, DAY_MIN)
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=days, minutes=rest)
    while (instant := wall.astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != wall.replace(
        tzinfo=None
    ):
        wall += timedelta(minutes=1)
    return instant


@lru_cache(maxsize=8192)
def _shifts_on(calendar: ShiftCalendar, day: date) -> tuple[PlannedShift, ...]:
    if day.weekday() not in calendar.pattern.days or day in calendar.closed:
        return ()
    zone = ZoneInfo(calendar.timezone)
    planned = []
    for shift in calendar.pattern.shifts:
        start, end = _span(shift.start, shift.end, shift.name)
        interval = Interval(_instant(day, start, zone), _instant(day, end, zone))
        if interval.start < interval.end:
            breaks = _breaks_in(calendar, day, (start, end), interval)
            planned.append(PlannedShift(day, shift.name, interval, breaks))
    return tuple(sorted(planned, key=lambda shift: shift.interval.start))


def _breaks_in(
    calendar: ShiftCalendar, day: date, span: tuple[int, int], shift: Interval
) -> tuple[Interval, ...]:
    """A break keeps its length when the clocks change, but ends with its shift; breaks that overlap
    count once.
    """
    zone = ZoneInfo(calendar.timezone)
    found = []
    for span_of in calendar.pattern.breaks:
        start, end = _span(span_of.start, span_of.end, "break")
        for days in (0, DAY_MIN):
            if span[0] <= start + days and end + days <= span[1]:
                first = _instant(day, start + days, zone)
                pause = Interval(first, first + timedelta(minutes=end - start))
                found += [part] if (part := pause.intersection(shift)) else []
                break
    merged: list[Interval] = []
    for one in sorted(found):
        if merged and one.start < merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return tuple(merged)
