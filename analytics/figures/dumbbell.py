"""Our error beside the yardstick's, a row a week, and how many days the band held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.frame import Say, round_marks, whole
from production.figures.svg import at, dot, line, svg, text

ROW, HEAD, FOOT = 26.0, 24.0, 22.0
LEFT, RIGHT = 0.14, 0.72
"""Shares across between which the scale lies; the squares of the days end at 1."""
SQUARE, STEP = 6, 8


@dataclass(frozen=True, slots=True)
class Week:
    """Errors in one unit; `held` of `days` lay inside the 80 % band."""

    label: str
    ours: float
    naive: float
    held: int
    days: int


def dumbbell(weeks: Sequence[Week], *, unit: str, title: str, say: Say = whole) -> str:
    """Oldest first. The scale begins where the errors do: it is no bar, so it may be cut."""
    errors = [error for week in weeks for error in (week.ours, week.naive)]
    marks = round_marks(max(errors, default=1.0), low=min(errors, default=0.0) * 0.95, most=4)
    base = HEAD + ROW * max(len(weeks), 1)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (value - marks[0]) / (marks[-1] - marks[0])

    drawn = [
        text(0, 12, "week"),
        text((LEFT + RIGHT) / 2, 12, unit, anchor="middle"),
        text(1, 12, "days in 80\u00a0%", anchor="end"),
    ]
    for m in marks:
        drawn.append(line(x(m), HEAD, x(m), base, "grid"))
        drawn.append(text(x(m), base + 16, say(m), anchor="middle"))
    for n, week in enumerate(weeks):
        y = HEAD + ROW * (n + 0.5)
        css = "span odd" if week.naive < week.ours else "span"
        drawn.append(text(0, y + 4, week.label))
        drawn.append(line(x(week.ours), y, x(week.naive), y, css))
        drawn.append(dot(x(week.naive), y, "ring naive", radius=5.5))
        drawn.append(dot(x(week.ours), y, "ours", radius=4))
        drawn.append(at(1, _squares(week, y)))
    return svg(height=base + FOOT, title=title, parts=drawn, css="fig")


def _squares(week: Week, y: float) -> list[str]:
    return [
        f'<rect x="{(n - week.days) * STEP}" y="{y - 5:g}" width="{SQUARE}" height="10" '
        f'class="{"bar-predicted" if n < week.held else "bar-rest"}"/>'
        for n in range(week.days)
    ]
