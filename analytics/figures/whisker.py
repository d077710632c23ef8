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
NEAR = 0.06
"""A mark nearer to the threshold than this share gives way to it."""


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


def whisker_axis(*, marks: list[float], threshold: float, unit: str) -> str:
    """The head of the column: marks in the unit, the threshold in ink."""
    top = marks[-1]
    parts = [
        text(
            m / top,
            14,
            whole(m) if m < top else f"{whole(m)}\u00a0{unit}",
            anchor="start" if m == 0 else "end" if m == top else "middle",
            css="minor" if n % 2 and m < top else "",
        )
        for n, m in enumerate(marks)
        if abs(m - threshold) / top >= NEAR
    ]
    parts.append(text(threshold / top, 14, whole(threshold), anchor="middle", css="strong"))
    title = f"Scale from 0 to {whole(top)} {unit}, threshold {whole(threshold)} {unit}"
    return svg(height=AXIS_HEIGHT, title=title, parts=parts, css="fig")
