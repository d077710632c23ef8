"""As of when shifts are asked for in training: at their start, and once some time before it."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Ints, ShiftHistory

HOUR_US = 3_600_000_000
GOLDEN = 0.6180339887498949


def longest_lead_us(history: ShiftHistory) -> int:
    """The usual length of a shift: the next shift is asked for while this one runs."""
    if not len(history):
        return 8 * HOUR_US
    return int(np.median(history.end_us - history.start_us))


def ahead_us(history: ShiftHistory, rows: Ints) -> Ints:
    """An instant before each row's start, at most the length of a shift.

    Multiples of the golden ratio spread evenly over 0..1 whatever their number (Weyl); they follow
    the hour at which the shift starts and the place of its machine, and nothing else.
    """
    start = history.start_us[rows]
    place = (start // HOUR_US % 1_000_003) + 7 * history.machine[rows]
    share = (place * GOLDEN) % 1.0
    as_of: Ints = start - np.maximum(1, share * longest_lead_us(history)).astype(np.int64)
    return as_of
