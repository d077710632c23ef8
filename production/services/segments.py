"""The stretches in which derivation works: whole shifts, and the time between them."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from amis.interval import Interval
from production.shopfloor.record import us
from production.shopfloor.shifts import PlannedShift, ShiftCalendar
from production.shopfloor.states import StateSpan


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two borders: a planned shift, or time outside every shift."""

    start_us: int
    end_us: int
    shift: PlannedShift | None


def segments_of(calendar: ShiftCalendar | None, interval: Interval, now: datetime) -> list[Segment]:
    """The shifts that the interval touches and the time between them, cut at UTC midnights."""
    end = min(interval.end, now)
    if end <= interval.start:
        return []
    reach = Interval(interval.start - timedelta(days=2), end + timedelta(days=2))
    shifts = calendar.overlapping(reach) if calendar else []
    borders = {us(shift.interval.start) for shift in shifts}
    borders |= {us(shift.interval.end) for shift in shifts}
    inside = [(us(s.interval.start), us(s.interval.end)) for s in shifts]
    midnight = reach.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight <= reach.end:
        if not any(first < us(midnight) < last for first, last in inside):
            borders.add(us(midnight))
        midnight += timedelta(days=1)
    ordered = sorted(borders)
    first = bisect_right(ordered, us(interval.start)) - 1
    last = bisect_left(ordered, us(end))
    by_start = {us(shift.interval.start): shift for shift in shifts}
    return [
        Segment(start, min(stop, us(now)), by_start.get(start))
        for start, stop in zip(ordered[first:last], ordered[first + 1 : last + 1], strict=True)
        if start < us(now)
    ]


def cut(spans: list[StateSpan], segments: list[Segment]) -> list[StateSpan]:
    """The spans cut at the segments' borders."""
    borders = [segment.start_us for segment in segments[1:]]
    pieces = []
    for span in spans:
        inside = borders[bisect_right(borders, span.start_us) : bisect_left(borders, span.end_us)]
        edges = [span.start_us, *inside, span.end_us]
        pieces += [
            StateSpan(start, end, span.state, span.cause)
            for start, end in itertools.pairwise(edges)
        ]
    return pieces
