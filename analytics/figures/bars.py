"""Bars of one row of a table: a weight, a change against the yardstick, a level's promise; and
what a model looks at, as one figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.figures.factors import signed
from analytics.figures.frame import per_cent
from production.figures.svg import box, line, svg, text

THIN, ROW = 16.0, 34.0
ROOM = 0.86
"""Share across that the bars of a comparison may take: their numbers stand at its end."""


def weight_bar(share: float, *, title: str) -> str:
    """A share of 1."""
    drawn = [box(0, 4, min(max(share, 0.0), 1.0), 8, "bar-predicted")]
    return svg(height=THIN, title=title, parts=drawn, css="fig fig-weight")


def against_bar(
    change: float | None, *, reach: tuple[float, float], serves: bool, title: str
) -> str:
    """A relative change of the error: to the left of the line is better, amber is worse.

    `reach` are the most negative and the most positive change of the table.
    """
    low, high = min(reach[0], -0.01), max(reach[1], 0.01)
    zero = -low / (high - low)
    drawn = []
    if change:
        far = (min(max(change, low), high) - low) / (high - low)
        css = "bar-worse" if change > 0 else "bar-predicted" if serves else "bar-value"
        drawn.append(box(min(zero, far), 3, abs(far - zero), 10, css))
    drawn.append(line(zero, 0, zero, THIN, "tick thin"))
    return svg(height=THIN, title=title, parts=drawn, css="fig fig-against")


def level_bar(low: float, high: float, observed: float | None, *, title: str) -> str:
    """What a level of risk promises as a bar from 0 to 1, and a tick at what came."""
    drawn = [line(0, 8, 1, 8, "axis"), box(low, 4, max(high - low, 0.01), 8, "range-promised")]
    if observed is not None:
        x = min(max(observed, 0.0), 1.0)
        drawn.append(line(x, 0, x, THIN, "tick"))
    return svg(height=THIN, title=title, parts=drawn, css="fig fig-level")


def importance(shares: Sequence[tuple[str, float]], *, title: str) -> str:
    """What a model looks at: a bar a feature, its share of all in per cent, largest first."""
    longest = max((share for _, share in shares), default=1.0) or 1.0
    drawn = []
    for n, (name, share) in enumerate(shares):
        y = n * ROW
        drawn.append(text(0, y + 13, name))
        drawn.append(
            text(1, y + 13, f"{per_cent(round(share, 3))}\u00a0%", anchor="end", css="strong")
        )
        drawn.append(box(0, y + 19, max(share, 0.0) / longest, 7, "bar-predicted"))
    return svg(height=max(len(shares), 1) * ROW, title=title, parts=drawn, css="fig")


def comparison(rows: Sequence[tuple[str, float | None, bool]], *, title: str) -> str:
    """All models against the yardstick at once: (name, relative change, whether it serves)."""
    known = [change for _, change, _ in rows if change is not None]
    low, high = min([-0.01, *known]), max([0.01, *known])
    zero = ROOM * -low / (high - low)
    drawn = [line(zero, 0, zero, max(len(rows), 1) * ROW, "tick thin")]
    for n, (name, change, serves) in enumerate(rows):
        y = n * ROW
        words = "no backtest" if change is None else f"{signed(change * 100)}\u00a0%"
        drawn.append(text(0, y + 13, name, css="strong" if serves else ""))
        drawn.append(text(1, y + 13, words, anchor="end"))
        if change:
            far = ROOM * (change - low) / (high - low)
            css = "bar-worse" if change > 0 else "bar-predicted" if serves else "bar-value"
            drawn.append(box(min(zero, far), y + 19, abs(far - zero), 7, css))
    return svg(height=max(len(rows), 1) * ROW, title=title, parts=drawn, css="fig")
