"""A column a shift or a day on a scale from zero, with a target line where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.figures.frame import Frame, Say, round_marks, whole
from production.figures.strip import label
from production.figures.svg import box, line, svg

FILLED, WIDEST = 0.64, 0.08
"""Shares of its step that a column takes and of the figure that it takes at most."""
HEIGHT = 190.0

Column = tuple[str, float | None, str]
"""(label on the axis, "" for none; value; colour), in order; an unknown value leaves a gap."""


def columns(
    rows: Sequence[Column],
    *,
    title: str,
    target: float | None = None,
    say: Say = whole,
    height: float = HEIGHT,
) -> str:
    """Values and target are in one unit, which the title names."""
    known = [value for _, value, _ in rows if value is not None]
    if not known:
        return svg(height=0, title=title, parts=(), css="fig")
    marks = round_marks(max([1e-9, target or 0.0, *known]), most=4)
    frame = Frame(height, marks, say)
    step = 1 / len(rows)
    parts = []
    for n, (words, value, css) in enumerate(rows):
        if value is not None:
            y = frame.y(value)
            width = min(step * FILLED, WIDEST)
            parts.append(box((n + 0.5) * step - width / 2, y, width, frame.base - y, css))
        if words:
            parts.append(label((n + 0.5) * step, frame.base + 16, words))
    if target is not None:
        parts.append(line(0, frame.y(target), 1, frame.y(target), "target"))
    return frame.drawn(parts, title=title)
