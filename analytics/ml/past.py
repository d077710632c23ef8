"""Which rows of its machine each question may look at, and exact sums over the last of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import Floats, Ints, Questions, ShiftHistory

LOOK_BACK = 270
"""Shifts: no feature looks further back, so that 90 days of a three-shift plant are enough."""
FIXED_POINT = 1e6


@dataclass(frozen=True, slots=True)
class Sums:
    """Running totals of a column in millionths, as whole numbers.

    Whole numbers add up exactly in any order, so what stands before or after a window, known or
    not, cannot change a mean by even the last bit.
    """

    totals: Ints
    counts: Ints


@dataclass(frozen=True, slots=True)
class Past:
    """For each question the rows [first, stop) of its machine that had ended as of it."""

    first: Ints
    stop: Ints

    def back(self, column: NDArray[np.float64], shifts: int) -> Floats:
        """The column `shifts` ended shifts ago, 1 being the last one; NaN before the first."""
        row = self.stop - shifts
        return np.where(row >= self.first, column[np.maximum(row, 0)], np.nan)

    def mean(self, sums: Sums, window: int) -> Floats:
        """Mean of what is known of the last `window` ended shifts; NaN where nothing is."""
        total, count = self.total(sums, window)
        return divided(total, count)

    def median(self, column: NDArray[np.float64], window: int) -> Floats:
        """Median of what is known of the last `window` ended shifts; NaN where nothing is."""
        if not len(column):
            return np.full(len(self.stop), np.nan)
        row = self.stop[:, None] - np.arange(1, window + 1)
        held = np.where(row >= self.first[:, None], column[np.maximum(row, 0)], np.nan)
        held.sort(axis=1)
        # Unknown ones stand last, so the known ones' middle is found by their number.
        known = np.isfinite(held).sum(axis=1)
        pair = np.column_stack([np.maximum(known - 1, 0) // 2, known // 2])
        pair = np.minimum(pair, window - 1)
        middle = np.take_along_axis(held, pair, axis=1).mean(axis=1)
        return np.where(known > 0, middle, np.nan)

    def total(self, sums: Sums, window: int) -> tuple[Floats, Floats]:
        """Sum and number of what is known of the last `window` ended shifts."""
        low = np.maximum(self.first, self.stop - window)
        total = (sums.totals[self.stop] - sums.totals[low]) / FIXED_POINT
        return total, (sums.counts[self.stop] - sums.counts[low]).astype(np.float64)


def past_of(history: ShiftHistory, questions: Questions) -> Past:
    """Rows of a machine lie together by start, so its ended ones are a range."""
    first = np.searchsorted(history.machine, questions.machine).astype(np.int64)
    stop = places(
        history.machine,
        history.end_us,
        at=questions.machine,
        as_of_us=questions.as_of_us,
        including=True,
    )
    return Past(first, np.maximum(stop, first))


def places(machine: Ints, time_us: Ints, *, at: Ints, as_of_us: Ints, including: bool) -> Ints:
    """How many entries, sorted by machine and time, lie before the time asked of the machine asked.

    `including` counts an entry at that very time. Exact to the microsecond: machine and time are
    one number, which 5,000 machines over 50 years do not exhaust.
    """
    if not len(machine):
        return np.zeros(len(at), np.int64)
    low, high = int(time_us.min()), int(time_us.max())
    span = high - low + 3
    asked = at * span + (np.clip(as_of_us, low - 1, high + 1) - low)
    found = np.searchsorted(
        machine * span + (time_us - low), asked, side="right" if including else "left"
    )
    return found.astype(np.int64)


def sums_of(column: Floats) -> Sums:
    """Running totals, with a zero in front."""
    known = np.isfinite(column)
    whole = np.where(known, np.rint(np.where(known, column, 0.0) * FIXED_POINT), 0.0)
    return Sums(_running(whole.astype(np.int64)), _running(known.astype(np.int64)))


def per_8_hours(history: ShiftHistory) -> Floats:
    """Downtime in minutes per 480 planned ones; NaN where unknown or nothing was planned."""
    planned = np.where(history.planned_min > 0, history.planned_min, np.nan)
    return history.downtime_min / planned * 480.0


def divided(above: Floats, below: Floats) -> Floats:
    """Quotient; NaN where there is nothing to divide by."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def _running(whole: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(whole)]).astype(np.int64)
