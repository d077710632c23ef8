"""How odd a machine was over time: its score, the threshold, and diamonds where it was flagged.

A score is the share of usual moments that are less odd. What counts lies just below 1, so upwards
is how rare the others are, a power of ten a step: 0.9 is 1 in 10, 0.99 is 1 in 100.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from production.figures.strip import label
from production.figures.svg import at, box, line, stretched, svg, way

HEAD, TALL, FOOT = 10.0, 72.0, 20.0
POWERS = 4
"""Powers of ten that the figure is high: what is rarer than 1 in 10,000 lies at its top."""
BREAK = 3.0
"""The curve breaks where points are further apart than this many usual steps."""

Point = tuple[float, float, bool]
"""(share of the window 0..1, score 0..1, whether it is flagged), in order."""


def timeline(
    points: Sequence[Point],
    *,
    threshold: float | None,
    ticks: Sequence[tuple[float, str]],
    title: str,
) -> str:
    """`ticks` are (share of the window, label)."""
    base = HEAD + TALL
    curves = [way([(x, y(score)) for x, score, _ in run], "curve thin") for run in unbroken(points)]
    drawn = [box(0, HEAD, 1, TALL, "ground"), line(0, base, 1, base, "axis")]
    drawn += [mark for power in range(1, POWERS) for mark in _mark(power)]
    drawn.append(stretched(curves, height=base))
    if threshold is not None:
        drawn.append(line(0, y(threshold), 1, y(threshold), "threshold"))
    for x, score, is_flagged in points:
        if is_flagged:
            drawn.append(at(x, [f'<path class="flag" d="M0 {y(score) - 6:.1f}l6 6l-6 6l-6 -6z"/>']))
    drawn += [label(x, base + 15, words, n) for n, (x, words) in enumerate(ticks)]
    return svg(height=base + FOOT, title=title, parts=drawn, css="fig framed")


def y(score: float) -> float:
    """The pixel of a score."""
    rarity = -math.log10(max(1.0 - score, 10.0**-POWERS))
    return HEAD + TALL - TALL * min(max(rarity / POWERS, 0.0), 1.0)


def _mark(power: int) -> tuple[str, str]:
    """A grid line and its label to the left of the plot."""
    height = y(1.0 - 10.0**-power)
    words = f'<text x="-8" y="{height + 4:.1f}" text-anchor="end">1:{10**power:,}</text>'
    return line(0, height, 1, height, "grid"), words


def unbroken(points: Sequence[Point]) -> list[list[Point]]:
    """The stretches without a hole: silence is no straight line."""
    if len(points) < 2:
        return []
    steps = sorted(b[0] - a[0] for a, b in pairwise(points))
    usual = steps[len(steps) // 2]
    runs = [[points[0]]]
    for before, point in pairwise(points):
        if point[0] - before[0] > BREAK * usual:
            runs.append([])
        runs[-1].append(point)
    return [run for run in runs if len(run) > 1]
