"""The frame of a chart: round marks on its upward axis, grid lines, labels to their left."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from production.figures.svg import box, line, svg

GAP = 8.0
"""Pixels between the plot and the labels of the upward axis. They stand left of the plot, in the
room that `.framed` pads; what shows a figure without predict.css pads it by itself.
"""
HEAD = 16.0
FOOT, DEEP_FOOT = 28.0, 44.0
"""Pixels below the lowest mark: for the labels of the axis across, and for its name too."""
MINUS = "\u2212"
Say = Callable[[float], str]


def whole(value: float) -> str:
    """1,284 with a real minus sign."""
    return f"{value:,.0f}".replace("-", MINUS)


def short(value: float) -> str:
    """As many decimals as a small number needs, at most two: 0.25, 2.5, 40."""
    return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", MINUS) if value else "0"


def per_cent(value: float) -> str:
    """A ratio as a percentage whose unit is said elsewhere: 0.025 → 2.5."""
    return short(round(value * 100, 2))


def round_marks(high: float, *, low: float = 0.0, most: int = 5) -> list[float]:
    """Round numbers that enclose low and high, at most `most` + 1 of them and at least two."""
    span = max(high - low, 1e-9)
    power: float = 10.0 ** math.floor(math.log10(span))
    for size in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0):
        step = power * size
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= most:
            return [n * step for n in range(first, max(last, first + 1) + 1)]
    raise AssertionError("ten powers of the span enclose it")


@dataclass(frozen=True, slots=True)
class Frame:
    """`marks` are the values of the grid lines from low to high, `height` is in pixels."""

    height: float
    marks: Sequence[float]
    say: Say = whole
    foot: float = FOOT

    @property
    def base(self) -> float:
        return self.height - self.foot

    def y(self, value: float) -> float:
        """The pixel of a value; what lies outside the marks stays at the edge."""
        low, high = self.marks[0], self.marks[-1]
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return self.base - (self.base - HEAD) * share

    def drawn(self, parts: Iterable[str], *, title: str, ground: Iterable[str] = ()) -> str:
        """`ground` lies below the grid lines, `parts` above."""
        grid = [
            line(0, self.y(m), 1, self.y(m), "grid" if n else "axis")
            for n, m in enumerate(self.marks)
        ]
        labels = [
            f'<text x="{-GAP:g}" y="{self.y(m) + 4:.1f}" text-anchor="end">{self.say(m)}</text>'
            for m in self.marks
        ]
        layers = [*ground, *grid, *labels, *parts]
        return svg(height=self.height, title=title, parts=layers, css="fig framed")

    def shade(self, start: float, end: float) -> str:
        """A column behind the curves, in shares across."""
        return box(start, HEAD, end - start, self.base - HEAD, "pause")
