"""What moves the expected minutes: bars that start where the last one ended, so that they close."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from analytics.figures.frame import MINUS, whole
from production.figures.svg import at, box, svg, text

ROW = 34.0
MOST = 5
"""More factors than this are added up in a last one."""
REST = "All else"
FAR = 3.0
"""The bars are cut where all that moves them is so many times smaller than what is usual."""
CUT_AT, FOOT = 0.03, 20.0


class _Step(NamedTuple):
    label: str
    start: float
    end: float
    css: str
    words: str


def shown(factors: Sequence[tuple[str, float]], most: int = MOST) -> list[tuple[str, float]]:
    """The strongest factors of (label, minutes), strongest first, and the sum of all others."""
    ordered = sorted(factors, key=lambda one: -abs(one[1]))
    if len(ordered) <= most:
        return ordered
    return [*ordered[: most - 1], (REST, sum(minutes for _, minutes in ordered[most - 1 :]))]


def signed(number: float) -> str:
    """+31, −2, ±0 where it rounds to nothing."""
    rounded = round(number)
    return "±0" if rounded == 0 else f"{rounded:+,d}".replace("-", MINUS)


def factor_bars(
    usual: float, factors: Sequence[tuple[str, float]], expected: float, *, title: str
) -> str:
    """From what is usual over each factor's signed minutes to what is expected."""
    steps = _steps(usual, shown(factors), expected)
    ends = [one.end for one in steps]
    low, high = _scale(ends)
    drawn = []
    for n, one in enumerate(steps):
        y, css = n * ROW, "strong" if one.css == "bar-value" else ""
        left, right = sorted((max(one.start, low) - low, one.end - low))
        drawn.append(text(0, y + 13, one.label, css=css))
        drawn.append(text(1, y + 13, one.words, anchor="end", css=css))
        drawn.append(box(left / (high - low), y + 19, (right - left) / (high - low), 9, one.css))
        if low > one.start:
            drawn.append(at(CUT_AT, [f'<path class="cut" d="M-3 {y + 31:g}l6 -14"/>']))
    height = len(steps) * ROW
    if low > 0:
        words = f"The bars are cut: they begin at {whole(low)} min"
        drawn.append(text(0, height + 14, words))
        height += FOOT
    return svg(height=height, title=title, parts=drawn, css="fig")


def _steps(usual: float, factors: Sequence[tuple[str, float]], expected: float) -> list[_Step]:
    steps = [_Step("Usual for this machine", 0.0, usual, "bar-rest", whole(usual))]
    reached = usual
    for label, minutes in factors:
        end = reached + minutes
        steps.append(_Step(label, reached, end, "bar-predicted", signed(minutes)))
        reached = end
    steps.append(_Step("Expected minutes", 0.0, expected, "bar-value", whole(expected)))
    return steps


def _scale(ends: Sequence[float]) -> tuple[float, float]:
    """From zero, or from below all ends where they lie close together far from it."""
    low, high = min(ends), max(ends)
    if low > FAR * (high - low) and high > low:
        return math.floor(low - (high - low)), high
    return min(0.0, low), max(1.0, high)
