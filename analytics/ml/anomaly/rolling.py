"""Robust rolling z: a signal that suddenly leaves the level it had just now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import Arrays, Floats, Ints
from analytics.ml.anomaly.smoothing import ewma, past_median

MAD_TO_SD = 1.4826
LEAST_SCALE = 0.05
"""In standard deviations of the signal: one that hardly moves is not odd when it does a little."""
SETTLE = 30
"""Rows at the start of a run in which a level is only being found."""


@dataclass(frozen=True, slots=True)
class RollingZ:
    """max over signals of |EWMA − median of the last hour of rows| / scale; the scale is 1.4826 ×
    the median absolute value of that difference on normal rows (Hampel's rule, Pearson 2002).

    >>> rows = np.zeros((200, 1)); rows[:, 0] = np.random.default_rng(7).normal(size=200)
    >>> detector = RollingZ.fit(rows, np.arange(200))
    >>> rows[-8:] += 6
    >>> bool(detector.distance(rows, np.arange(200))[-1] > 8)
    True
    """

    scale: Floats

    @classmethod
    def fit(cls, rows: Floats, age: Ints) -> Self:
        off = np.abs(_off(rows, age)[age >= SETTLE])
        scale = MAD_TO_SD * np.median(off, axis=0) if len(off) else np.ones(rows.shape[1])
        return cls(np.maximum(scale, LEAST_SCALE))

    def distance(self, rows: Floats, age: Ints) -> Floats:
        return np.asarray(self.blame(rows, age).max(axis=1))

    def blame(self, rows: Floats, age: Ints) -> Floats:
        return np.abs(_off(rows, age)) / self.scale

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"scale": self.scale}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        return cls(arrays["scale"])


def _off(rows: Floats, age: Ints) -> Floats:
    settled = (age >= SETTLE)[:, None]
    return np.where(settled, ewma(rows, age) - past_median(rows), 0.0)
