"""Piece counters that never go back: increments from running totals, resets and rollovers told
apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

LARGEST = 2.0**53
"""Beyond this a float no longer counts single pieces: such a total is rubbish."""

NEAR = 0.05
"""A fall is a rollover only if the way round through the limit is at most this share of the
range.
"""


@dataclass(frozen=True, slots=True)
class CounterEvent:
    """At `index` the total fell from `before` to `after`."""

    index: int
    kind: Literal["rollover", "counter_reset"]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Increments:
    """`amounts[i]` pieces came with value i."""

    amounts: NDArray[np.int64]
    events: tuple[CounterEvent, ...]


def increments(
    values: NDArray[np.float64], *, previous: float | None, bits: int = 32
) -> Increments:
    """Pieces between consecutive totals.

    `previous` is the total before the first value; without one the first value is only a base line.
    Values that are no number of pieces (NaN, infinite, absurd) count nothing. A fall is a rollover
    of a `bits` wide counter when the total was just below a limit of that width, else a reset,
    after which the new total is what was made since.
    """
    amounts = np.zeros(len(values), dtype=np.int64)
    known = np.flatnonzero(np.abs(values) < LARGEST)
    if not len(known):
        return Increments(amounts, ())
    if previous is not None and not abs(previous) < LARGEST:
        previous = None
    totals = values[known]
    before = np.concatenate(([totals[0] if previous is None else previous], totals[:-1]))
    steps = totals - before
    events = []
    for at in np.flatnonzero(steps < 0):
        old, new = float(before[at]), float(totals[at])
        around = _way_round(old, new, bits)
        kind: Literal["rollover", "counter_reset"] = (
            "counter_reset" if around is None else "rollover"
        )
        steps[at] = max(new, 0.0) if around is None else around
        events.append(CounterEvent(int(known[at]), kind, old, new))
    amounts[known] = np.rint(steps).astype(np.int64)
    return Increments(amounts, tuple(events))


def _way_round(old: float, new: float, bits: int) -> float | None:
    """The forward distance from `old` to `new` through the counter's limit; None when it is too
    long.
    """
    half, full = float(2 ** (bits - 1)), float(2**bits)
    candidates = []
    if old < half and new >= 0:
        candidates.append((new + half - old, half))  # signed, goes on at 0
    if new < 0:
        candidates.append((new + full - old, full))  # signed, goes on at the lowest negative
    if old >= half:
        candidates.append((new + full - old, full))  # unsigned
    near = [distance for distance, span in candidates if 0 < distance <= NEAR * span]
    return min(near) if near else None
