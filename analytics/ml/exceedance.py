"""The raw chance that a shift has half an hour of downtime or more; calibrated elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.protocol import Sample

LONG_MIN = 30.0
LOSS = {"objective": "binary:logistic", "max_depth": 4, "min_child_weight": 2}


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Trees boosted on the logistic loss of "30 minutes or more"."""

    trees: Boosted

    @classmethod
    def fit(cls, sample: Sample, is_long: NDArray[np.bool_], *, seed: int) -> Self:
        """`is_long` for each shift of the sample."""
        held = Sample(sample.table, is_long.astype(np.float64), sample.weight)
        return cls(Boosted.fit(held, LOSS, seed=seed))

    def chance(self, table: FeatureTable) -> Floats:
        """0..1."""
        return self.trees.predict(table)

    def dump(self) -> dict[str, bytes]:
        """The trees."""
        return self.trees.dump()

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same trees."""
        return cls(Boosted.load(parts))
