"""A ratio beside its target on a scale that all rows share, and its days as a line."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.figures.frame import round_marks
from production.figures.svg import dot, line, stretched, svg, text, way

HEIGHT, MIDDLE = 28.0, 14.0
DAYS_HEIGHT, TOP, BASE = 36.0, 4.0, 32.0
EDGE = 0.03
"""Room at both ends of the scale for the dot and for half a label."""


def scale(values: Sequence[float]) -> list[float]:
    """Round marks around ratios 0..1; a whole scale where there is none."""
    if not values:
        return [0.0, 0.5, 1.0]
    return round_marks(max(values), low=min(values), most=4)


def gap_axis(marks: Sequence[float], *, title: str) -> str:
    """The labels above a column of `gap`."""
    labels = [
        text(_x(mark, marks), 14, f"{mark * 100:.0f}", anchor="middle") for mark in marks[:-1]
    ]
    labels.append(text(1, 14, f"{marks[-1] * 100:.0f}\u00a0%", anchor="end"))
    return svg(height=18, title=title, parts=labels, css="fig")


def gap(
    value: float | None, target: float | None, marks: Sequence[float], *, is_far: bool, title: str
) -> str:
    """A dot for the value, a tick for the target, and the way between them."""
    parts = [line(0, MIDDLE, 1, MIDDLE, "axis")]
    if value is not None and target is not None:
        css = "between far" if is_far else "between"
        parts.append(line(_x(value, marks), MIDDLE, _x(target, marks), MIDDLE, css))
    if target is not None:
        parts.append(line(_x(target, marks), 5, _x(target, marks), 23, "tick"))
    if value is not None:
        parts.append(dot(_x(value, marks), MIDDLE, "ours", radius=5.5))
    return svg(height=HEIGHT, title=title, parts=parts, css="fig")


def daily_line(
    days: Sequence[float | None], target: float | None, marks: Sequence[float], *, title: str
) -> str:
    """One value a day, oldest first; a day without one breaks the line."""

    def y(value: float) -> float:
        share = (value - marks[0]) / (marks[-1] - marks[0])
        return BASE - (BASE - TOP) * min(max(share, 0.0), 1.0)

    points = [
        (n / max(len(days) - 1, 1), y(v)) if v is not None else None for n, v in enumerate(days)
    ]
    parts = [stretched([way(run, "curve thin") for run in _runs(points)], height=DAYS_HEIGHT)]
    if target is not None:
        parts.append(line(0, y(target), 1, y(target), "target thin"))
    parts += [dot(*run[0], radius=1.5) for run in _runs(points) if len(run) == 1]
    known = [point for point in points if point]
    if known:
        parts.append(dot(*known[-1]))
    return svg(height=DAYS_HEIGHT, title=title, parts=parts, css="fig")


def _x(value: float, marks: Sequence[float]) -> float:
    share = (value - marks[0]) / (marks[-1] - marks[0])
    return EDGE + (1 - 2 * EDGE) * min(max(share, 0.0), 1.0)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The stretches without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]
