"""A forecast after what was measured: ink to the origin, then a dashed median in two bands.

Weekends are shaded; a closed day is a gap with its reason, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from analytics.figures.frame import HEAD, Frame, per_cent, round_marks, short
from production.figures.svg import WIDE, at, dot, line, stretched, text, way

ROOM_FOR_A_LABEL = 15.0
"""Pixels of a band in which its name can be read."""
BESIDE, NEAR_THE_END = 0.3, 0.95
"""Shares of the forecast and of the figure in which labels would meet others or its edge."""
FAR_UP = 0.5
"""Share of the highest value above which the lowest one has to lie for the axis to be cut."""
SATURDAY = 5
FEW_DAYS = 15


@dataclass(frozen=True, slots=True)
class DayBand:
    """The ranges of one day to come; all None where nothing is made or predicted.

    `closed` is why a day has no shift; "" for one that has, or that the week leaves out.
    """

    day: date
    median: float | None
    lo80: float | None
    hi80: float | None
    lo95: float | None
    hi95: float | None
    is_open: bool = True
    closed: str = ""


@dataclass(frozen=True, slots=True)
class DayValue:
    """What was measured on a day; None where it is unknown or the day was closed."""

    day: date
    value: float | None


BANDS = ("band-95", "band-80")
Place = tuple[float, DayBand]


def forecast_bands(
    past: Sequence[DayValue],
    coming: Sequence[DayBand],
    *,
    is_ratio: bool,
    title: str,
    height: float = 300,
) -> str:
    """`past` ends the day before `coming` begins. Ratios are drawn in per cent."""
    days: list[DayValue | DayBand] = [*past, *coming]
    count = max(len(days), 1)
    frame = _frame(past, coming, is_ratio=is_ratio, height=height)
    places = [((len(past) + n + 0.5) / count, band) for n, band in enumerate(coming)]
    last = _anchor(past, count)
    paths = [_area(run, frame, css, last) for css in BANDS for run in _runs(places)]
    paths += [_median(run, frame, last) for run in _runs(places)]
    paths += _measured(past, count, frame)
    parts = [stretched(paths, height=height), *_dots(past, count, frame)]
    parts += [*_divider(len(past) / count, frame, knows=bool(past)), *_closed(places, frame)]
    parts += [*_band_names(places, frame), *_across(past, coming, frame)]
    ground = [
        frame.shade(n / count, (n + 1) / count)
        for n, one in enumerate(days)
        if one.day.weekday() >= SATURDAY
    ]
    return frame.drawn(parts, title=title, ground=ground)


def _frame(
    past: Sequence[DayValue], coming: Sequence[DayBand], *, is_ratio: bool, height: float
) -> Frame:
    marks = axis_marks(past, coming)
    return Frame(height, marks, per_cent if is_ratio else short)


def axis_marks(past: Sequence[DayValue], coming: Sequence[DayBand]) -> list[float]:
    """From zero, or from below it where the metric goes there; from higher up where all values lie
    far above zero, which the page then says: lines, unlike bars, may be cut.
    """
    known = [one.value for one in past] + [end for b in coming for end in (b.lo95, b.hi95)]
    values = [value for value in known if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    if values and min(values) > FAR_UP * high:
        low = max(min(values) - (high - min(values)) / 4, 0.0)
    return round_marks(high if high > low else low + 1.0, low=low)


def _anchor(past: Sequence[DayValue], count: int) -> tuple[float, float] | None:
    """Where the bands open: at the last day, if it was measured."""
    if not past or (value := past[-1].value) is None:
        return None
    return (len(past) - 0.5) / count, value


def _runs(places: list[Place]) -> Iterator[list[Place]]:
    """Stretches of days that are predicted, without the gaps between."""
    for drawn, run in groupby(places, lambda p: p[1].is_open and p[1].median is not None):
        if drawn:
            yield list(run)


def _area(run: list[Place], frame: Frame, css: str, last: tuple[float, float] | None) -> str:
    wide = css == "band-95"
    upper = [(x, frame.y((b.hi95 if wide else b.hi80) or 0.0)) for x, b in run]
    lower = [(x, frame.y((b.lo95 if wide else b.lo80) or 0.0)) for x, b in run]
    if last and _follows(run, last):
        upper = [(last[0], frame.y(last[1])), *upper]
    if len(upper) == 1 and len(lower) == 1:
        # A day between two closed ones would have no width.
        (x, top), (_, low) = upper[0], lower[0]
        upper, lower = [(x - 0.004, top), (x + 0.004, top)], [(x - 0.004, low), (x + 0.004, low)]
    around = " L".join(f"{x * WIDE:.1f} {y:.1f}" for x, y in [*upper, *reversed(lower)])
    return f'<path class="{css}" d="M{around}z"/>'


def _median(run: list[Place], frame: Frame, last: tuple[float, float] | None) -> str:
    points = [(x, frame.y(b.median or 0.0)) for x, b in run]
    if last and _follows(run, last):
        points = [(last[0], frame.y(last[1])), *points]
    if len(points) == 1:
        ((x, y),) = points
        points = [(x - 0.004, y), (x + 0.004, y)]
    return way(points, "median")


def _follows(run: list[Place], last: tuple[float, float]) -> bool:
    """Whether a stretch begins on the first day of the forecast."""
    width = 2 * (run[1][0] - run[0][0]) if len(run) > 1 else 0.1
    return run[0][0] - last[0] < width


def _measured(past: Sequence[DayValue], count: int, frame: Frame) -> list[str]:
    """The curve breaks where a day has no value."""
    numbered = [(n, p.value) for n, p in enumerate(past)]
    curves = []
    for known, run in groupby(numbered, lambda one: one[1] is not None):
        if known:
            points = [((n + 0.5) / count, frame.y(value or 0.0)) for n, value in run]
            curves.append(way(points, "curve thin"))
    return curves


def _dots(past: Sequence[DayValue], count: int, frame: Frame) -> list[str]:
    return [
        dot((n + 0.5) / count, frame.y(p.value), "dot", radius=2)
        for n, p in enumerate(past)
        if p.value is not None
    ]


def _divider(x: float, frame: Frame, *, knows: bool) -> list[str]:
    """`knows` says whether a day before it was measured."""
    beside = (
        f'<text x="-6" y="{HEAD - 5:g}" text-anchor="end">measured</text>',
        f'<text x="6" y="{HEAD - 5:g}" class="predicted">predicted</text>',
    )
    return [line(x, HEAD - 6, x, frame.base, "divider"), at(x, beside if knows else beside[1:])]


def _closed(places: list[Place], frame: Frame) -> list[str]:
    """A dotted line at each closed day that has a reason; the first of a row says it."""
    parts, before = [], ""
    for n, (x, band) in enumerate(places):
        if band.closed:
            parts.append(line(x, HEAD, x, frame.base, "threshold"))
            if band.closed != before:
                words = f"{band.day.day} {band.day:%b}, {band.closed}"
                # Beside the word "predicted" there is no room on its line.
                y = HEAD - 5 if n > len(places) * BESIDE else HEAD + 12
                anchor = "end" if x > NEAR_THE_END else "start" if y > HEAD else "middle"
                place = x + 0.006 if anchor == "start" else x
                parts.append(text(place, y, words, anchor=anchor, css="minor"))
        before = band.closed
    return parts


def _band_names(places: list[Place], frame: Frame) -> list[str]:
    """The bands are labelled directly, at the day of the later half that has most room."""
    later = [
        (x, frame.y(band.median), frame.y(band.hi80), frame.y(band.hi95))
        for x, band in places[len(places) // 2 :]
        if band.median is not None and band.hi80 is not None and band.hi95 is not None
    ]
    if not later:
        return []
    x, middle, inner, outer = max(later, key=lambda p: min(p[2] - p[3], p[1] - p[2]))
    if min(inner - outer, middle - inner) < ROOM_FOR_A_LABEL:
        return []
    anchor = "end" if x > NEAR_THE_END else "middle"
    return [
        text(x, (inner + outer) / 2 + 4, "95\u00a0%", anchor=anchor, css="predicted"),
        text(x, (middle + inner) / 2 + 4, "80\u00a0%", anchor=anchor, css="predicted"),
    ]


def _across(past: Sequence[DayValue], coming: Sequence[DayBand], frame: Frame) -> list[str]:
    """The axis across names the Mondays; of few days the first, the last measured, the last."""
    days = [*(one.day for one in past), *(one.day for one in coming)]
    count = len(days)
    if count <= FEW_DAYS:
        marked = sorted({0, max(len(past) - 1, 0), count - 1} if count else ())
    else:
        marked = [n for n, day in enumerate(days) if day.weekday() == 0]
    parts = []
    for turn, n in enumerate(marked):
        x, day = (n + 0.5) / count, days[n]
        parts.append(line(x, frame.base, x, frame.base + 4, "axis"))
        is_few = count <= FEW_DAYS
        words = f"{day:%a} {day.day}" if is_few else f"{day.day} {day:%b}"
        css = "minor" if turn % 2 and not is_few else ""
        anchor = "end" if x > NEAR_THE_END else "start" if x < 1 - NEAR_THE_END else "middle"
        parts.append(text(x, frame.base + 18, words, anchor=anchor, css=css))
    return parts
