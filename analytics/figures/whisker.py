"""A predicted amount with its ranges on one line: ring median, thick 80 %, thin 95 %, a small
triangle expected, a dotted line at the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.figures.frame import whole
from production.figures.svg import at, box, dot, line, svg, text

HEIGHT, MIDDLE = 44.0, 26.0
AXIS_HEIGHT = 20.0
MOST = 4
"""Grid lines beside the one at zero."""
AXIS_WIDTH, LETTER, GAP = 240.0, 6.5, 4.0
"""Px: the narrowest axis of a page, a figure of its words, what parts two of them."""


@dataclass(frozen=True, slots=True)
class Whisker:
    """All in the same unit; lo95 ≤ lo80 ≤ median ≤ hi80 ≤ hi95."""

    median: float
    expected: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float


def marks_of(whiskers: Iterable[Whisker], *, threshold: float) -> list[float]:
    """The marks that all rows of a table share, from zero: multiples of the threshold."""
    reach = max((max(one.hi95, one.expected) for one in whiskers), default=threshold)
    step = threshold
    while reach > MOST * step:
        step *= 2
    return [n * step for n in range(max(math.ceil(reach / step), 2) + 1)]


def whisker(
    one: Whisker, *, marks: list[float], threshold: float, title: str, height: float = HEIGHT
) -> str:
    """One row; `marks` are the table's, whose grid lines reach down to `height`."""
    top = marks[-1]

    def x(value: float) -> float:
        return min(max(value / top, 0.0), 1.0)

    parts = [line(x(m), 0, x(m), height, "grid") for m in marks]
    parts += [
        line(x(threshold), 0, x(threshold), height, "threshold"),
        line(x(one.lo95), MIDDLE, x(one.hi95), MIDDLE, "range-95"),
        box(x(one.lo80), MIDDLE - 3.5, x(one.hi80) - x(one.lo80), 7, "range-80"),
        dot(x(one.median), MIDDLE, "ring", radius=6),
        at(x(one.expected), ['<path class="now-head" d="M-4 8h8l-4 6z"/>']),
    ]
    return svg(height=height, title=title, parts=parts, css="fig whisker")


def whisker_axis(
    *, marks: list[float], threshold: float, unit: str, width: float = AXIS_WIDTH
) -> str:
    """The head of the column: marks in the unit, the threshold in ink.

    A mark whose words would touch another's at `width` px gives way to the threshold, to the
    last one with the unit and to zero.
    """
    top = marks[-1]
    said = {m: whole(m) if m < top else f"{whole(m)}\u00a0{unit}" for m in marks}
    parts = [
        text(
            m / top,
            14,
            said[m],
            anchor=_anchor(m, top),
            css="minor" if n % 2 and m < top else "",
        )
        for n, m in enumerate(marks)
        if m in _with_room(said, threshold=threshold, width=width)
    ]
    parts.append(text(threshold / top, 14, whole(threshold), anchor="middle", css="strong"))
    title = f"Scale from 0 to {whole(top)} {unit}, threshold {whole(threshold)} {unit}"
    return svg(height=AXIS_HEIGHT, title=title, parts=parts, css="fig")


def _anchor(mark: float, top: float) -> str:
    return "start" if mark == 0 else "end" if mark == top else "middle"


def _with_room(said: dict[float, str], *, threshold: float, width: float) -> set[float]:
    """The marks whose words touch no other's; `said` are the words of the marks, the last is the
    top.
    """
    top = max(said)
    taken = [_reach(threshold, top, whole(threshold), width=width)]
    kept = set()
    for mark in sorted(said, key=lambda m: (m not in (0, top), m != top, m)):
        left, right = _reach(mark, top, said[mark], width=width)
        if all(right + GAP <= start or left - GAP >= end for start, end in taken):
            taken.append((left, right))
            kept.add(mark)
    return kept


def _reach(mark: float, top: float, words: str, *, width: float) -> tuple[float, float]:
    """From where to where the words of a mark stand, px."""
    x, wide = mark / top * width, len(words) * LETTER
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[_anchor(mark, top)]
    return x - share * wide, x + (1 - share) * wide
