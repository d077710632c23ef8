"""What came against what was predicted: on the diagonal it was right, above it came more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.frame import DEEP_FOOT, HEAD, Frame, round_marks, whole
from production.figures.svg import dot, stretched, text, way

HEIGHT = 284.0
RIGHT_HALF = 0.5
"""A name beside a point further right than this is written to its left."""


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
    for p in sorted(points, key=lambda p: p.beyond):
        css, radius = ("ring odd", 4.0) if p.beyond else ("met", 3.0)
        parts.append(dot(p.predicted / top, frame.y(p.actual), css, radius=radius))
    parts += _named(points, top, frame)
    for n, m in enumerate(marks):
        anchor = "start" if n == 0 else "end" if m == top else "middle"
        parts.append(text(m / top, frame.base + 16, whole(m), anchor=anchor))
    parts.append(text(0.5, frame.base + 34, across, anchor="middle"))
    return frame.drawn(parts, title=title)


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
