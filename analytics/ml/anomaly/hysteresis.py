"""An alarm that begins above a high bar and goes on until it was below a low one for a while."""

from __future__ import annotations

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats

QUIET = 10
"""Rows below the low bar that end an alarm."""


def alarms(levels: Floats, *, high: float, low: float) -> Bools:
    """(n,): whether an alarm is on in each row; never where nothing was judged (NaN).

    A row is on from the first one at or above `high` until QUIET rows in a row stayed below `low`
    or were not judged; the rows in which it is not yet sure that it ended are on.
    """
    on = np.zeros(len(levels), dtype=bool)
    for first, last in _stretches(levels, high, low):
        on[first:last] = True
    return on & ~np.isnan(levels)


def peaks(levels: Floats, *, low: float) -> Floats:
    """The highest level of each stretch that an alarm with the bar `low` would be."""
    found = [np.nanmax(levels[first:last]) for first, last in _stretches(levels, low, low)]
    return np.array(found, dtype=np.float64)


def _stretches(levels: Floats, high: float, low: float) -> list[tuple[int, int]]:
    held = levels >= low
    found: list[tuple[int, int]] = []
    for start in np.flatnonzero(levels >= high).tolist():
        if not found or start >= found[-1][1]:
            found.append((start, _end(start, held)))
    return found


def _end(start: int, held: Bools) -> int:
    quiet = 0
    for at in range(start, len(held)):
        quiet = 0 if held[at] else quiet + 1
        if quiet > QUIET:
            return at
    return len(held)
