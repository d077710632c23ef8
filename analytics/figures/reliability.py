"""Do chances come true? Groups of predictions by their chance against how often it happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from analytics.figures.frame import DEEP_FOOT, HEAD, Frame, per_cent
from production.figures.svg import dot, line, stretched, text, way

HEIGHT = 284.0
MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
SMALLEST, GROWTH = 3.0, 6.0
"""Radius of a group of one, and what the largest group has more."""


class Group(Protocol):
    """Mean chance, observed share, how many, and the 95 % range of the share."""

    @property
    def predicted(self) -> float: ...
    @property
    def observed(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def touches(group: Group) -> bool:
    """Whether the diagonal lies within the group's sampling error."""
    return group.low <= group.predicted <= group.high


def reliability(groups: Sequence[Group], *, across: str, title: str) -> str:
    """Rings of the size of their group on the dashed diagonal; a group that misses it is amber."""
    frame = Frame(HEIGHT, MARKS, per_cent, DEEP_FOOT)
    largest = max((group.n for group in groups), default=1) or 1
    diagonal = way([(0.0, frame.base), (1.0, HEAD)], "target")
    parts = [stretched([diagonal], height=frame.height)]
    parts.append(text(0.9, frame.y(0.68), "perfect", anchor="middle"))
    for group in groups:
        x, css = group.predicted, "" if touches(group) else " odd"
        parts.append(line(x, frame.y(group.low), x, frame.y(group.high), f"spread{css}"))
        radius = SMALLEST + GROWTH * math.sqrt(group.n / largest)
        parts.append(dot(x, frame.y(group.observed), f"ring{css}", radius=radius))
    parts += [text(m, frame.base + 16, per_cent(m), anchor=_anchor(m)) for m in MARKS]
    parts.append(text(0.5, frame.base + 34, across, anchor="middle"))
    return frame.drawn(parts, title=title)


def _anchor(mark: float) -> str:
    return "start" if mark == 0 else "end" if mark == 1 else "middle"
