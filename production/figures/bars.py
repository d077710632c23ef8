"""Values against a scale: the analogue bar under a figure, a shift's progress, machines compared
and days against target.
"""

from __future__ import annotations

from collections.abc import Sequence

from production.figures.svg import box, line, svg, text


def analogue_bar(
    parts: Sequence[tuple[float, str]],
    *,
    low: float,
    high: float,
    mark: float | None,
    title: str,
) -> str:
    """Parts of (value, colour) laid end to end from `low`, and a short tick at `mark`."""

    def share(number: float) -> float:
        return min(max((number - low) / max(high - low, 1e-9), 0.0), 1.0)

    drawn = [box(0, 5, 1, 4, "bar-rest")]
    reached = 0.0
    for value, css in parts:
        drawn.append(box(share(reached or low), 5, share(reached + value) - share(reached), 4, css))
        reached += value
    if mark is not None:
        drawn.append(line(share(mark), 1, share(mark), 13, "tick"))
    return svg(height=14, title=title, parts=drawn, css="fig fig-bar")


def passing_bar(passed: float, pauses: Sequence[tuple[float, float]], *, title: str) -> str:
    """How much of a shift has passed (0..1); it is cut to a hairline at the breaks."""
    ends = [0.0, *(end for _, end in pauses)]
    starts = [*(start for start, _ in pauses), 1.0]
    drawn = [line(0, 7, 1, 7, "axis")]
    for start, end in zip(ends, starts, strict=True):
        drawn.append(box(start, 4, end - start, 6, "bar-rest"))
        drawn.append(box(start, 4, min(end, passed) - start, 6, "bar-value"))
    drawn.append(line(passed, 1, passed, 13, "tick"))
    return svg(height=14, title=title, parts=drawn, css="fig fig-shift")


def compared(rows: Sequence[tuple[str, float | None, str]], *, title: str) -> str:
    """One horizontal bar a row of (name, share of 1, label); an unknown value has no bar."""
    step, left, right = 24.0, 0.34, 0.82
    drawn = []
    for n, (name, value, words) in enumerate(rows):
        y = n * step
        drawn.append(text(0, y + 16, name if len(name) < 17 else f"{name[:15]}…"))
        drawn.append(box(left, y + 9, right - left, 6, "bar-rest"))
        if value is not None:
            reach = min(max(value, 0.0), 1.0)
            drawn.append(box(left, y + 9, (right - left) * reach, 6, "bar-value"))
        drawn.append(text(1, y + 16, words, anchor="end", css="strong"))
    return svg(height=max(len(rows), 1) * step, title=title, parts=drawn, css="fig")


def day_columns(
    days: Sequence[tuple[str, float | None, float | None]], *, title: str, height: float = 116
) -> str:
    """Pieces a day with the day's target as a tick: (label, value, target), oldest first; the
    last day goes on and is an outline.
    """
    base = height - 20
    known = [number for _, *pair in days for number in pair if number]
    scale = (base - 20) / max(known, default=1.0)
    step = 1 / max(len(days), 1)
    drawn = []
    for n, (words, value, target) in enumerate(days):
        x, middle = n * step, (n + 0.5) * step
        tall = scale * (value or 0.0)
        if value is not None:
            is_open = n == len(days) - 1
            css = "bar-open" if is_open else "bar-value"
            drawn.append(box(x + step * 0.2, base - tall, step * 0.6, tall, css))
        if target:
            y = base - scale * target
            drawn.append(line(x + step * 0.12, y, x + step * 0.88, y, "tick"))
        if value is not None:
            y = base - max(tall, scale * (target or 0.0)) - 5
            drawn.append(text(middle, y, f"{value:,.0f}", anchor="middle", css=_minor(n)))
        drawn.append(text(middle, base + 16, words, anchor="middle", css=_minor(n)))
    drawn.append(line(0, base, 1, base, "axis"))
    return svg(height=height, title=title, parts=drawn, css="fig")


def _minor(n: int) -> str:
    return "tiny" if n % 2 else ""
