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
range; a total that strays comes back at most this share above where it was.
"""

SPIKE = 100.0
"""Fewer pieces at once are believed in any case."""


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
    after which the new total is what was made since. A total that strays and comes back, and one
    that is set back a little, make no pieces.
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
    settled = 0
    for at in np.flatnonzero(steps < 0).tolist():
        if at < settled:
            continue
        old, new = float(before[at]), float(totals[at])
        kind: Literal["rollover", "counter_reset"] = "counter_reset"
        strayed = _strayed(before, totals, at)
        if strayed is not None:
            first, settled, base = strayed
            steps[first:settled] = 0.0
            if settled < len(totals) and totals[settled] >= base:
                steps[settled] = totals[settled] - base
        elif (around := _way_round(old, new, bits)) is not None:
            kind, steps[at] = "rollover", around
        else:
            steps[at] = max(new, 0.0)
        events.append(CounterEvent(int(known[at]), kind, old, new))
    amounts[known] = np.rint(steps).astype(np.int64)
    return Increments(amounts, tuple(events))


def _strayed(
    before: NDArray[np.float64], totals: NDArray[np.float64], at: int
) -> tuple[int, int, float] | None:
    """Whether the fall at `at` tells of no pieces: from which index to before which none were made,
    and the total from which counting goes on. None for a fall that is a reset or a rollover.
    """
    old, new, rest = float(before[at]), float(totals[at]), totals[at + 1 :]
    origin = float(before[at - 1]) if at else old
    if old - origin >= SPIKE and SPIKE <= origin <= new <= origin * (1 + NEAR):
        return at - 1, at, origin  # the total before the fall was the stray one
    rises = np.flatnonzero(rest > new)
    if len(rises):
        back = at + 1 + int(rises[0])
        jump = totals[back] - totals[back - 1]
        if jump >= SPIKE and old <= totals[back] <= old * (1 + NEAR):
            return at, back, old
    lowest = old * (1 - NEAR)
    if new >= max(lowest, SPIKE):
        ends = np.flatnonzero((rest >= old) | (rest < lowest))
        return at, at + 1 + int(ends[0]) if len(ends) else len(totals), old
    return None


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
