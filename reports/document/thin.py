"""A strip of more stretches than pixels: what took most of each pixel's time is what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from production.figures.strip import Stretch, merged


def thinned(
    stretches: Sequence[Stretch], *, start: float, end: float, most: int
) -> Sequence[Stretch]:
    """At most `most` stretches of [start, end), each of one kind; few enough stay as they are."""
    if len(stretches) <= most or end <= start:
        return stretches
    step = (end - start) / most
    spent: list[dict[str, float]] = [{} for _ in range(most)]
    for one in stretches:
        _spend(spent, one, start=start, step=step)
    longest = [
        Stretch(start + n * step, start + (n + 1) * step, max(kinds, key=lambda kind: kinds[kind]))
        for n, kinds in enumerate(spent)
        if kinds
    ]
    return merged(longest)


def _spend(spent: list[dict[str, float]], one: Stretch, *, start: float, step: float) -> None:
    """Adds a stretch's seconds to the pixels that it covers."""
    first = max(int((one.start - start) / step), 0)
    last = min(int((one.end - start) / step), len(spent) - 1)
    for n in range(first, last + 1):
        left, right = start + n * step, start + (n + 1) * step
        seconds = min(one.end, right) - max(one.start, left)
        if seconds > 0:
            spent[n][one.kind] = spent[n].get(one.kind, 0.0) + seconds
