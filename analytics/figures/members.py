"""What several models say of the same days, a line each with its name at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from analytics.figures.frame import Frame, per_cent, round_marks, short
from production.figures.svg import box, line, stretched, text, way

HEIGHT = 220.0
END = 0.8
"""Share across where the lines end and their names begin."""
APART = 14.0
"""Pixels between two names."""

Member = tuple[str, Sequence[float | None]]
"""(name, a value a day); at most four, the one that serves first."""


def member_lines(
    days: Sequence[date], members: Sequence[Member], *, is_ratio: bool, title: str
) -> str:
    """The scale begins where the values do: lines may be cut, unlike bars. Ratios in per cent."""
    known = [value for _, values in members for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    marks = round_marks(high if high > low else low + 1.0, low=low - 0.1 * (high - low), most=4)
    frame = Frame(HEIGHT, marks, per_cent if is_ratio else short)
    step = END / max(len(days), 1)
    curves, ends = [], []
    for n, (name, values) in enumerate(members):
        css = f"member-{n + 1}"
        places = [((d + 0.5) * step, value) for d, value in enumerate(values)]
        for is_known, run in groupby(places, lambda place: place[1] is not None):
            if is_known:
                points = [(x, frame.y(value or 0.0)) for x, value in run]
                curves.append(way(points, css))
        last = [value for _, value in places if value is not None]
        if last:
            ends.append((frame.y(last[-1]), name, css))
    parts = [stretched(curves, height=HEIGHT), *_names(ends), *_across(days, step, frame)]
    return frame.drawn(parts, title=title)


def _names(ends: list[tuple[float, str, str]]) -> list[str]:
    """From the top down, each at its line's end or below the name above it."""
    drawn, lowest = [], 0.0
    for y, name, css in sorted(ends):
        place = max(y, lowest + APART)
        drawn.append(line(END, y, END + 0.02, place, "grid"))
        drawn.append(line(END + 0.02, place, END + 0.05, place, css))
        drawn.append(box(END + 0.055, place - 7, 1 - END - 0.055, APART, "backing"))
        drawn.append(text(END + 0.06, place + 4, name))
        lowest = place
    return drawn


def _across(days: Sequence[date], step: float, frame: Frame) -> list[str]:
    every = max(len(days) // 5, 1)
    return [
        text((n + 0.5) * step, frame.base + 16, f"{day.day} {day:%b}", anchor="middle")
        for n, day in enumerate(days)
        if n % every == 0
    ]
