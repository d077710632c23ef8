"""Where the time went: from all of it over each loss, which starts where the last one ended, to
what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from analytics.figures.frame import whole
from production.figures.svg import box, line, svg, text

ROW, BAR = 24.0, 12.0
LEFT, RIGHT = 0.24, 0.86
"""Shares across between which the bars lie; labels stand left, minutes right."""

Loss = tuple[str, float, str]
"""(label, minutes, colour); negative minutes were won."""


class _Step(NamedTuple):
    name: str
    low: float
    high: float
    minutes: float
    css: str


def waterfall(
    total: tuple[str, float], losses: Sequence[Loss], rest: tuple[str, float], *, title: str
) -> str:
    """`rest` is `total` less all `losses`."""
    top = max(total[1], 1e-9)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(value / top, 0.0), 1.0)

    steps = [_Step(total[0], 0.0, total[1], total[1], "bar-rest")]
    reached = total[1]
    for name, lost, css in losses:
        steps.append(_Step(name, reached - lost, reached, lost, css))
        reached -= lost
    steps.append(_Step(rest[0], 0.0, rest[1], rest[1], "bar-good"))
    drawn = []
    for n, one in enumerate(steps):
        y, is_end = n * ROW, n in (0, len(steps) - 1)
        strong = "strong" if is_end else ""
        left, right = sorted((x(one.low), x(one.high)))
        drawn.append(text(0, y + 16, one.name, css=strong))
        drawn.append(box(left, y + 6, right - left, BAR, one.css))
        drawn.append(text(1, y + 16, f"{whole(one.minutes)}\u00a0min", anchor="end", css=strong))
        if not is_end:
            drawn.append(line(x(one.low), y + 6, x(one.low), y + 6 + ROW, "grid"))
    return svg(height=len(steps) * ROW, title=title, parts=drawn, css="fig waterfall")
