"""Values over a shift: the rate in a tile, and pieces against their target."""

from __future__ import annotations

import math
from collections.abc import Sequence

from production.figures.strip import label
from production.figures.svg import at, box, dot, inset, line, stretched, svg, text, way

Points = Sequence[tuple[float, float]]
"""(share of the shift 0..1, value), in order."""


def sparkline(points: Points, *, ideal: float | None, title: str) -> str:
    """A rate so far on a scale from 0; the ideal rate is dashed."""
    base = 18.0
    top = max([ideal or 0.0, *(value for _, value in points)], default=1.0) or 1.0

    def y_of(value: float) -> float:
        return base - (base - 3) * min(max(value, 0.0) / top, 1.0)

    curve = way(((x, y_of(value)) for x, value in points), "curve thin")
    parts = [line(0, base, 1, base, "axis"), stretched([curve], height=20)]
    if ideal:
        parts.append(line(0, y_of(ideal), 1, y_of(ideal), "target thin"))
    if points:
        parts.append(dot(points[-1][0], y_of(points[-1][1])))
    return svg(height=22, title=title, parts=parts, css="fig fig-spark")


def progress_curve(
    points: Points,
    *,
    target: Points,
    pauses: Sequence[tuple[float, float]],
    ticks: Sequence[tuple[float, str]],
    labels: tuple[str, str],
    title: str,
) -> str:
    """Pieces so far over a shift against the dashed target, which rests in the pauses.

    `labels` are said at the end of the curve: the gap to the target, and the value now.
    """
    height, base, head = 220.0, 190.0, 16.0
    highest = max([value for _, value in (*points, *target)], default=1.0) or 1.0
    step = _step(highest)
    top = math.ceil(highest / step) * step

    def y_of(value: float) -> float:
        return base - (base - head) * value / top

    marks = [n * step for n in range(round(top / step) + 1)]
    inner = [box(start, head, end - start, base - head, "pause") for start, end in pauses]
    inner += [line(0, y_of(m), 1, y_of(m), "grid" if m else "axis") for m in marks]
    paths = [
        way(((x, y_of(value)) for x, value in target), "target"),
        way(((x, y_of(value)) for x, value in points), "curve"),
    ]
    inner.append(stretched(paths, height=height))
    inner += [label(x, base + 16, words, n) for n, (x, words) in enumerate(ticks)]
    if target:
        x, value = target[-1]
        inner.append(text(x, y_of(value) - 6, f"{value:,.0f} at ideal speed", anchor="end"))
    if points:
        x, value = points[-1]
        y, turned = y_of(value), x > 0.7
        inner += [line(x, y, x, base, "divider"), dot(x, y, radius=4)]
        beside = f'x="{-10 if turned else 10}" text-anchor="{"end" if turned else "start"}"'
        under = min(max(y + 22, 40.0), base - 22)
        inner.append(
            at(
                x,
                [
                    f'<text {beside} y="{under:g}" class="strong">{labels[0]}</text>',
                    f'<text {beside} y="{under + 16:g}">{labels[1]}</text>',
                ],
            )
        )
    parts = [_left(y_of(m) + 4, f"{m:,.0f}") for m in marks]
    return svg(
        height=height,
        title=title,
        parts=[*parts, inset(inner, left=48, height=height)],
        css="fig",
    )


def _left(y: float, words: str) -> str:
    """A label of the axis, right-aligned in pixels."""
    return f'<text x="40" y="{y:g}" text-anchor="end">{words}</text>'


def _step(highest: float) -> float:
    """A round step that gives two to five lines."""
    power = 10.0 ** math.floor(math.log10(highest))
    return next(power * k for k in (0.25, 0.5, 1, 2, 5) if highest / (power * k) <= 4)
