"""Principal components: a row that leaves the plane in which the signals move together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import Arrays, Floats, Ints
from analytics.ml.anomaly.smoothing import ewma

EXPLAINED = 0.95
"""Share of the variance that spans the plane."""
WINSOR = 6.0
"""Standard deviations beyond which a row of the fit counts no further."""
LIMIT = 0.99
"""Rows of the fit that stay below the limits by which T² and Q are made comparable."""


@dataclass(frozen=True, slots=True)
class PrincipalComponents:
    """Hotelling's T² inside the plane plus Q (squared distance from it), each by its own limit.

        φ = T² / limit_T + Q / limit_Q = (s − c)ᵀ Φ (s − c),   s the EWMA of the rows

    The combined index of Yue and Qin (2001); smoothing first as in MEWMA (Lowry 1992), so that a
    small shift that lasts is seen. With one signal it is the squared EWMA chart.

    >>> rows = np.random.default_rng(7).normal(size=(400, 2))
    >>> age = np.arange(400)
    >>> odd = np.vstack([rows[:50], np.full((10, 2), 5.0)])
    >>> bool(PrincipalComponents.fit(rows, age).distance(odd, np.arange(60))[-1] > 10)
    True
    """

    centre: Floats
    phi: Floats

    @classmethod
    def fit(cls, rows: Floats, age: Ints) -> Self:
        smooth = np.clip(ewma(rows, age), -WINSOR, WINSOR)
        centre = smooth.mean(axis=0)
        spread, axes = np.linalg.eigh((smooth - centre).T @ (smooth - centre) / len(smooth))
        spread, axes = np.maximum(spread[::-1], 1e-9), axes[:, ::-1]
        share = np.cumsum(spread) / spread.sum()
        plane = max(1, min(int(np.searchsorted(share, EXPLAINED)) + 1, max(1, len(spread) - 1)))
        inside = axes[:, :plane] / spread[:plane] @ axes[:, :plane].T
        outside = axes[:, plane:] @ axes[:, plane:].T
        phi = sum(_by_limit(form, smooth - centre) for form in (inside, outside))
        return cls(centre, np.asarray(phi))

    def distance(self, rows: Floats, age: Ints) -> Floats:
        off = ewma(rows, age) - self.centre
        return np.asarray(np.maximum(np.einsum("nj,jk,nk->n", off, self.phi, off), 0.0))

    def blame(self, rows: Floats, age: Ints) -> Floats:
        """How much of the index would go if the signal alone took the value that the others
        suggest: (Φ(s − c))ⱼ² / Φⱼⱼ (Alcala and Qin 2009).
        """
        pull = (ewma(rows, age) - self.centre) @ self.phi
        return np.asarray(pull**2 / np.maximum(np.diag(self.phi), 1e-12))

    def fitting(self, rows: Floats, age: Ints) -> Floats:
        """(n, k): for each signal the smoothed value that the others suggest."""
        smooth = ewma(rows, age)
        pull = (smooth - self.centre) @ self.phi
        return np.asarray(smooth - pull / np.maximum(np.diag(self.phi), 1e-12))

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"centre": self.centre, "phi": self.phi}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        return cls(arrays["centre"], arrays["phi"])


def _by_limit(form: Floats, off: Floats) -> Floats:
    """The quadratic form divided by what LIMIT of the rows stay below; nothing when it is flat."""
    limit = float(np.quantile(np.einsum("nj,jk,nk->n", off, form, off), LIMIT))
    return form / limit if limit > 1e-12 else np.zeros_like(form)
