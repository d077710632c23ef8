"""Where the time went: from all of it over each loss, which starts where the last one ended, to
what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.figures.frame import whole
from production.figures.svg import box, line, svg, text

ROW, BAR = 24.0, 12.0
LEFT, RIGHT = 0.24, 0.86
"""Shares across between which the bars lie; labels stand left, minutes right."""

Loss = tuple[str, float, str]
"""(label, minutes, colour)."""


def waterfall(
    total: tuple[str, float], losses: Sequence[Loss], rest: tuple[str, float], *, title: str
) -> str:
    """`rest` is `total` less all `losses`."""
    top = max(total[1], 1e-9)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(value / top, 0.0), 1.0)

    steps = [(total[0], 0.0, total[1], "bar-rest")]
    reached = total[1]
    for name, lost, css in losses:
        steps.append((name, reached - lost, reached, css))
        reached -= lost
    steps.append((rest[0], 0.0, rest[1], "bar-good"))
    drawn = []
    for n, (name, low, high, css) in enumerate(steps):
        y, is_end = n * ROW, n in (0, len(steps) - 1)
        strong = "strong" if is_end else ""
        drawn.append(text(0, y + 16, name, css=strong))
        drawn.append(box(x(low), y + 6, x(high) - x(low), BAR, css))
        drawn.append(text(1, y + 16, f"{whole(high - low)}\u00a0min", anchor="end", css=strong))
        if not is_end:
            drawn.append(line(x(low), y + 6, x(low), y + 6 + ROW, "grid"))
    return svg(height=len(steps) * ROW, title=title, parts=drawn, css="fig waterfall")
