"""Values against a scale: the analogue bar under a figure, machines compared, and days against
target.
"""

from __future__ import annotations

from collections.abc import Sequence

from production.figures.svg import box, line, svg, text


def analogue_bar(
    value: float | None, *, low: float, high: float, target: float | None, title: str
) -> str:
    """A value on a scale from `low` to `high` with the target as a short tick."""
    width = 160.0

    def place(number: float) -> float:
        return width * min(max((number - low) / (high - low), 0.0), 1.0)

    parts = [box(0, 5, width, 4, "bar-rest")]
    if value is not None:
        parts.append(box(0, 5, place(value), 4, "bar-value"))
    if target is not None:
        parts.append(line(place(target), 1, place(target), 13, "tick"))
    return svg(width=width, height=14, title=title, parts=parts, css="fig fig-bar")


def compared(
    rows: Sequence[tuple[str, float | None, str]], *, title: str, highest: float = 1.0
) -> str:
    """One horizontal bar a row of (name, value, label); an unknown value has no bar."""
    width, step, left, right = 480.0, 34.0, 130.0, 70.0
    reach = width - left - right
    parts = []
    for n, (name, value, label) in enumerate(rows):
        y = n * step
        parts.append(text(0, y + 20, name[:18], css="strong"))
        if value is not None:
            parts.append(box(left, y + 8, reach * min(max(value, 0) / highest, 1), 16, "bar-value"))
        parts.append(text(width, y + 20, label, anchor="end", css="strong"))
    parts.append(line(left, 0, left, len(rows) * step, "axis"))
    return svg(
        width=width, height=max(len(rows), 1) * step, title=title, parts=parts, css="fig fig-wide"
    )


def day_columns(days: Sequence[tuple[str, float | None, float | None]], *, title: str) -> str:
    """Good pieces a day with the day's target as a tick: (label, value, target), oldest first."""
    width, height, base = 480.0, 190.0, 160.0
    known = [number for _, *pair in days for number in pair if number]
    top = max(known, default=1.0) * 1.12
    step = width / max(len(days), 1)
    parts = [
        line(0, base - base * 0.98 * part, width, base - base * 0.98 * part, "grid")
        for part in (0.5, 1)
    ]
    for n, (label, value, target) in enumerate(days):
        x = n * step
        if value is not None:
            tall = base * 0.98 * value / top
            parts.append(box(x + step * 0.2, base - tall, step * 0.6, tall, "bar-value"))
            parts.append(text(x + step / 2, base - tall - 5, f"{value:,.0f}", anchor="middle"))
        if target:
            y = base - base * 0.98 * target / top
            parts.append(line(x + step * 0.1, y, x + step * 0.9, y, "tick"))
        parts.append(text(x + step / 2, base + 16, label, anchor="middle"))
    parts.append(line(0, base, width, base, "axis"))
    return svg(width=width, height=height, title=title, parts=parts, css="fig fig-wide")


def progress_curve(
    points: Sequence[tuple[float, float]],
    *,
    start: float,
    end: float,
    target_end: float | None,
    ticks: Sequence[tuple[float, str]],
    title: str,
) -> str:
    """Pieces so far over a shift, with the straight way to the target as a dashed line."""
    width, height, base, left = 440.0, 200.0, 170.0, 44.0
    top = max([target_end or 0.0, *(y for _, y in points), 1.0]) * 1.05

    def x_of(at: float) -> float:
        return left + (width - left) * (at - start) / max(end - start, 1e-9)

    def y_of(pieces: float) -> float:
        return base - base * 0.95 * pieces / top

    parts = []
    for part in (0.5, 1.0):
        value = top / 1.05 * part
        parts.append(line(left, y_of(value), width, y_of(value), "grid"))
        parts.append(text(left - 6, y_of(value) + 4, f"{value:,.0f}", anchor="end"))
    if target_end:
        parts.append(line(left, base, width, y_of(target_end), "target"))
    if points:
        way = "".join(
            f"{'M' if n == 0 else 'L'}{x_of(at):.1f} {y_of(pieces):.1f}"
            for n, (at, pieces) in enumerate(points)
        )
        parts.append(f'<path class="curve" d="{way}"/>')
        at, pieces = points[-1]
        parts.append(f'<circle class="dot" cx="{x_of(at):.1f}" cy="{y_of(pieces):.1f}" r="4"/>')
    parts.append(line(left, base, width, base, "axis"))
    for n, (at, label) in enumerate(ticks):
        anchor = "start" if n == 0 else "end" if at >= end else "middle"
        parts.append(text(x_of(at), base + 16, label, anchor=anchor))
    return svg(width=width, height=height, title=title, parts=parts, css="fig fig-wide")
