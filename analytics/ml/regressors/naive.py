"""What the naive members have in common: nothing to learn, keep or explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.protocol import Sample


class Naive:
    """Reads its answer off the features."""

    is_naive: ClassVar[bool] = True

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Nothing is learned."""
        return cls()

    def importances(self) -> dict[str, float]:
        """It has none."""
        return {}

    def dump(self) -> dict[str, bytes]:
        """It has no state."""
        return {}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same again."""
        return cls()


def first_known(table: FeatureTable, *names: str) -> Floats:
    """The first of the features that is known, else no downtime."""
    answer = np.full(len(table), np.nan)
    for name in names:
        answer = np.where(np.isfinite(answer), answer, table.column(name))
    return np.where(np.isfinite(answer), answer, 0.0)
