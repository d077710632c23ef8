"""An alarm that begins above a high bar and goes on until it was below a low one for a while."""

from __future__ import annotations

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats

QUIET = 10
"""Rows below the low bar that end an alarm."""


def alarms(levels: Floats, *, high: float, low: float) -> Bools:
    """(n,): whether an alarm is on in each row. NaN (nothing to judge) ends it at once.

    A row is on from the first one at or above `high` to the last one at or above `low` before
    QUIET rows in a row stayed below; the rows in which it is not yet sure that it ended are on.
    """
    on = np.zeros(len(levels), dtype=bool)
    starts = np.flatnonzero(levels >= high)
    held = levels >= low
    judged = ~np.isnan(levels)
    until = 0
    for start in starts.tolist():
        if start < until:
            continue
        until = _end(start, held, judged)
        on[start:until] = True
    return on


def peaks(levels: Floats, *, low: float) -> Floats:
    """The highest level of each stretch that an alarm with the bar `low` would be."""
    on = alarms(levels, high=low, low=low)
    edges = np.flatnonzero(np.diff(on.astype(np.int8), prepend=0, append=0))
    spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return np.array([np.nanmax(levels[first:last]) for first, last in spans])


def _end(start: int, held: Bools, judged: Bools) -> int:
    quiet = 0
    for at in range(start, len(held)):
        quiet = 0 if held[at] else quiet + 1
        if not judged[at] or quiet > QUIET:
            return at
    return len(held)
