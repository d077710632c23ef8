"""What moves the expected minutes: bars that start where the last one ended, so that they close."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.figures.frame import MINUS, whole
from production.figures.svg import box, svg, text

ROW = 34.0
MOST = 5
"""More factors than this are added up in a last one."""
REST = "All else"


def shown(factors: Sequence[tuple[str, float]], most: int = MOST) -> list[tuple[str, float]]:
    """The strongest factors of (label, minutes), strongest first, and the sum of all others."""
    ordered = sorted(factors, key=lambda one: -abs(one[1]))
    if len(ordered) <= most:
        return ordered
    return [*ordered[: most - 1], (REST, sum(minutes for _, minutes in ordered[most - 1 :]))]


def signed(minutes: float) -> str:
    """+31, −2, ±0 where it rounds to nothing."""
    rounded = round(minutes)
    return "±0" if rounded == 0 else f"{rounded:+,d}".replace("-", MINUS)


def factor_bars(
    usual: float, factors: Sequence[tuple[str, float]], expected: float, *, title: str
) -> str:
    """From what is usual over each factor's signed minutes to what is expected."""
    steps = [("Usual for this machine", 0.0, usual, "bar-rest", whole(usual))]
    reached = usual
    for label, minutes in shown(factors):
        css = "bar-predicted"
        steps.append((label, reached, reached + minutes, css, signed(minutes)))
        reached += minutes
    steps.append(("Expected minutes", 0.0, expected, "bar-value", whole(expected)))
    ends = [end for _, *pair, _, _ in steps for end in pair]
    low, high = min(0.0, *ends), max(1.0, *ends)
    drawn = []
    for n, (label, start, end, css, words) in enumerate(steps):
        y, left, right = n * ROW, *sorted(((start - low), (end - low)))
        is_sum = css == "bar-value"
        drawn.append(text(0, y + 13, label, css="strong" if is_sum else ""))
        drawn.append(text(1, y + 13, words, anchor="end", css="strong" if is_sum else ""))
        drawn.append(box(left / (high - low), y + 19, (right - left) / (high - low), 9, css))
    return svg(height=len(steps) * ROW, title=title, parts=drawn, css="fig")
