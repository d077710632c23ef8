"""How rare a figure is among normal ones, also where none was so large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import Arrays, Floats

BODY = 0.9
"""Up to this quantile the ranks themselves count, if no other is asked for."""
POINTS = 128
LEAST_P = 1e-15
"""1 − p must stay below 1."""


@dataclass(frozen=True, slots=True)
class Tail:
    """P(X ≥ x) of normal X: by rank up to `edge`, beyond it mass × exp(−(x − edge) / scale), `mass`
    the share of normal rows beyond the edge (less than 1 − `upto` where many are equal).

    On the logarithm of a distance this is Hill's power-law tail (1975). The scale is the median
    excess / ln 2 and not the mean, so that a few faults among the normal rows hardly stretch it.

    >>> tail = Tail.fit(np.random.default_rng(7).exponential(size=5000))
    >>> bool(abs(np.log(tail.p(np.array([8.0]))[0]) + 8.0) < 0.8)
    True
    """

    body: Floats
    edge: float
    scale: float
    mass: float
    upto: float

    @classmethod
    def fit(cls, normal: Floats, upto: float = BODY) -> Self:
        body = np.quantile(normal, np.linspace(0.0, upto, POINTS))
        edge = float(body[-1])
        excess = normal[normal > edge] - edge
        scale = float(np.median(excess)) / np.log(2.0) if len(excess) else 0.0
        return cls(body, edge, max(scale, 1e-3), max(len(excess), 1) / len(normal), upto)

    def p(self, values: Floats) -> Floats:
        """(n,) in (0, 1]: the share of normal rows that is at least as odd."""
        # Equal normal rows are all as odd as each other: the first of their ranks counts.
        points, first = np.unique(self.body, return_index=True)
        ranked = 1.0 - np.interp(values, points, np.linspace(0.0, self.upto, POINTS)[first])
        excess = np.maximum(values - self.edge, 0.0)
        beyond = self.mass * np.exp(-excess / self.scale)
        return np.asarray(np.maximum(np.where(values > self.edge, beyond, ranked), LEAST_P))

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"body": self.body, "tail": np.array([self.edge, self.scale, self.mass, self.upto])}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        edge, scale, mass, upto = (float(part) for part in arrays["tail"])
        return cls(arrays["body"], edge, scale, mass, upto)
