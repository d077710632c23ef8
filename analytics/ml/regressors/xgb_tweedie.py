"""Trees boosted on the Tweedie deviance: a mean of many exact zeros and a skewed rest.

With 1 < p < 2 the distribution is a Poisson number of gamma stops, which is what the downtime of a
shift is. Source: Jørgensen (1987), JRSS B 49(2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.protocol import Sample

LOSS = {"objective": "reg:tweedie", "tweedie_variance_power": 1.4, "max_depth": 4}


@dataclass(frozen=True, slots=True)
class XgbTweedie:
    """Mean minutes."""

    name: ClassVar[str] = "xgb_tweedie"
    label: ClassVar[str] = "XGBoost, Tweedie"
    is_naive: ClassVar[bool] = False

    trees: Boosted

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Log link."""
        return cls(Boosted.fit(sample, LOSS, seed=seed))

    def predict(self, table: FeatureTable) -> Floats:
        """Mean minutes, above zero."""
        return self.trees.predict(table)

    def importances(self) -> dict[str, float]:
        """Shares of the deviance taken away."""
        return self.trees.importances()

    def dump(self) -> dict[str, bytes]:
        """The trees."""
        return self.trees.dump()

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same trees."""
        return cls(Boosted.load(parts))
