"""Trees boosted on the Tweedie deviance: a mean of many exact zeros and a skewed rest.

With 1 < p < 2 the distribution is a Poisson number of gamma stops, which is what the downtime of a
shift is. Source: Jørgensen (1987), JRSS B 49(2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.protocol import Sample

LOSS = {
    "objective": "reg:tweedie",
    "tweedie_variance_power": 1.4,
    "max_depth": 4,
    "learning_rate": 0.15,
}
LEAST_MIN = 0.01


@dataclass(frozen=True, slots=True)
class XgbTweedie:
    """Mean minutes."""

    name: ClassVar[str] = "xgb_tweedie"
    label: ClassVar[str] = "XGBoost, Tweedie"
    is_naive: ClassVar[bool] = False

    trees: Boosted
    start: float

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Log link, so it departs from a mean above zero even where no shift had downtime."""
        mean = float(np.average(sample.target, weights=sample.weight))
        start = np.full(len(sample.target), np.log(max(mean, LEAST_MIN)))
        return cls(Boosted.fit(sample, LOSS, seed=seed, start=start), float(start[0]))

    def predict(self, table: FeatureTable) -> Floats:
        """Mean minutes, above zero."""
        return self.trees.predict(table, np.full(len(table), self.start))

    def importances(self) -> dict[str, float]:
        """Shares of the deviance taken away."""
        return self.trees.importances()

    def dump(self) -> dict[str, bytes]:
        """The trees and the logarithm of the mean that they depart from."""
        return {**self.trees.dump(), "start.json": json.dumps(self.start).encode()}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same trees."""
        return cls(Boosted.load(parts), json.loads(parts["start.json"]))
