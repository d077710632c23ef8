"""What came against what was predicted: on the diagonal it was right, above it came more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.frame import DEEP_FOOT, HEAD, Frame, round_marks, whole
from production.figures.svg import dot, stretched, text, way

HEIGHT = 284.0
RIGHT_HALF = 0.5
"""A name beside a point further right than this is written to its left."""
MANY = 600
"""Of more points than this those that would lie on one another are drawn as one."""
CELLS = 80
"""So many places each way at which points are one."""
FEW = 40
"""Of more points beyond their range than this, those in one place are drawn once."""
SMALL, LARGE = 3.0, 9.0


@dataclass(frozen=True, slots=True)
class Met:
    """A prediction and its truth. `beyond` the 95 % range it is ringed, and `name` may say why."""

    predicted: float
    actual: float
    beyond: bool = False
    name: str = ""


def scatter(points: Sequence[Met], *, across: str, title: str) -> str:
    """Both axes have one scale; the worst point beyond its range is named."""
    reach = max((max(p.predicted, p.actual) for p in points), default=1.0)
    marks = round_marks(max(reach, 1.0), most=4)
    frame = Frame(HEIGHT, marks, whole, DEEP_FOOT)
    top = marks[-1]
    parts = [stretched([way([(0.0, frame.base), (1.0, HEAD)], "target")], height=HEIGHT)]
    parts += [dot(x, frame.y(actual), "met", radius=r) for x, actual, r in _places(points, top)]
    parts += [
        dot(p.predicted / top, frame.y(p.actual), "ring odd", radius=4)
        for p in _apart([p for p in points if p.beyond], top)
    ]
    parts += _named(points, top, frame)
    for n, m in enumerate(marks):
        anchor = "start" if n == 0 else "end" if m == top else "middle"
        parts.append(text(m / top, frame.base + 16, whole(m), anchor=anchor))
    parts.append(text(0.5, frame.base + 34, across, anchor="middle"))
    return frame.drawn(parts, title=title)


def _places(points: Sequence[Met], top: float) -> list[tuple[float, float, float]]:
    """(share across, actual, radius) of what lay within its range; the area grows with how many."""
    within = [p for p in points if not p.beyond]
    if len(points) <= MANY:
        return [(p.predicted / top, p.actual, SMALL) for p in within]
    counted = Counter(_cell(p, top) for p in within)
    most = max(counted.values(), default=1)
    spread = (LARGE**2 - SMALL**2) / most
    return [
        (x / CELLS, y / CELLS * top, math.sqrt(SMALL**2 + spread * count))
        for (x, y), count in counted.items()
    ]


def _apart(points: Sequence[Met], top: float) -> list[Met]:
    """One of those that would be drawn in the same place."""
    if len(points) <= FEW:
        return list(points)
    return list({_cell(p, top): p for p in points}.values())


def _cell(p: Met, top: float) -> tuple[int, int]:
    return round(p.predicted / top * CELLS), round(p.actual / top * CELLS)


def worst_beyond(points: Sequence[Met]) -> Met | None:
    """The point outside its 95 % range that was missed by most."""
    missed = [p for p in points if p.beyond]
    return max(missed, key=lambda p: abs(p.actual - p.predicted), default=None)


def _named(points: Sequence[Met], top: float, frame: Frame) -> list[str]:
    worst = worst_beyond(points)
    if worst is None or not worst.name:
        return []
    x, y = worst.predicted / top, frame.y(worst.actual)
    turned = x > RIGHT_HALF
    place = x + (-0.03 if turned else 0.03)
    return [text(place, y + 4, worst.name, anchor="end" if turned else "start", css="odd minor")]
