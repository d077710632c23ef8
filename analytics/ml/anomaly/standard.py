"""Signals made comparable: each by its own centre and spread in normal operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import Arrays, Bools, Floats, Ints

USUAL = (0.005, 0.995)
"""Quantiles of normal rows between which a signal is as usual."""
CARRY = 5
"""Rows for which a signal's last value stands in for one that did not come."""
BRIDGE = 5
"""Rows of a pause that does not end a run."""
FAR = 10.0
"""Standard deviations beyond which farther is not odder, so that a single row in which a machine
paused is no alarm.
"""
WINSOR = 6.0
RIDGE = 1e-3
"""Added to the variances, so that signals that always move together can be told from others."""
KNOWN = 0.5
"""Least share of rows in which a signal must have come to be watched."""


@dataclass(frozen=True, slots=True)
class Standard:
    """Centre (median), spread (of the values inside the usual range) and the usual range, (k,);
    `together` (k, k) is how the standardised signals vary with each other.

    A signal that came too rarely has an infinite spread: its standardised values are 0.
    """

    centre: Floats
    spread: Floats
    low: Floats
    high: Floats
    together: Floats

    @classmethod
    def fit(cls, values: Floats) -> Self:
        columns = np.array([_column(column) for column in values.T]).reshape(-1, 4)
        centre, spread, low, high = (np.ascontiguousarray(part) for part in columns.T)
        held = np.clip(np.nan_to_num((values - centre) / spread), -WINSOR, WINSOR)
        together = held.T @ held / len(held) + RIDGE * np.eye(len(centre))
        return cls(centre, spread, low, high, together)

    def rows(self, values: Floats, age: Ints) -> Floats:
        """(n, k) standardised, without NaN: a missing value is the last one of its run for a few
        rows, then what the signals that came suggest, which raises no suspicion.
        """
        scaled = np.clip((carried(values, age) - self.centre) / self.spread, -FAR, FAR)
        missing = np.isnan(scaled)
        for pattern in np.unique(missing[missing.any(axis=1)], axis=0):
            here = (missing == pattern).all(axis=1)
            came = self.together[np.ix_(~pattern, ~pattern)]
            weights = np.linalg.solve(came, self.together[np.ix_(~pattern, pattern)])
            scaled[np.ix_(here, pattern)] = scaled[np.ix_(here, ~pattern)] @ weights
        return np.asarray(scaled)

    def back(self, rows: Floats) -> Floats:
        """Standardised values in the signals' units; NaN where a signal is not watched."""
        spread = np.where(np.isfinite(self.spread), self.spread, np.nan)
        return np.asarray(rows * spread + self.centre)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "centre": self.centre, "spread": self.spread, "low": self.low, "high": self.high,
            "together": self.together,
        }  # fmt: skip

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        return cls(*(arrays[name] for name in ("centre", "spread", "low", "high", "together")))


def ages(running: Bools) -> Ints:
    """Of each row that runs: how many running rows of its run were before it. (rows that run,) out.

    A stop of up to BRIDGE rows does not end a run: machines pause for a jam and go on as before.
    """
    at = np.flatnonzero(running)
    begins = np.diff(at, prepend=-BRIDGE - 2) > BRIDGE + 1
    count = np.arange(len(at))
    return np.asarray(count - np.maximum.accumulate(np.where(begins, count, 0)), dtype=np.int64)


def carried(values: Floats, age: Ints) -> Floats:
    """Values with gaps of up to CARRY rows of the same run filled by the last value before."""
    at = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, at), axis=0)
    old = at - last
    usable = (last >= 0) & (old <= CARRY) & (old <= age[:, None])
    filled = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(usable, filled, np.nan)


def _column(column: Floats) -> tuple[float, float, float, float]:
    known = column[~np.isnan(column)]
    if len(known) < max(1, KNOWN * len(column)):
        return 0.0, np.inf, np.nan, np.nan
    centre = float(np.median(known))
    low, high = (float(edge) for edge in np.quantile(known, USUAL))
    # A sensor that never moved has no spread; a thousandth of its level is then a change.
    spread = max(float(np.clip(known, low, high).std()), 1e-3 * abs(centre), 1e-9)
    return centre, spread, low, high
