"""Trees boosted on |y − f|, departing from how the machine stands: a second estimate of the median.

It errs elsewhere than the one that departs from the last value, so their mean errs less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.as_it_stands import AsItStands
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.protocol import Sample

LOSS = {"objective": "reg:absoluteerror"}


@dataclass(frozen=True, slots=True)
class XgbStanding:
    """Median minutes."""

    name: ClassVar[str] = "xgb_standing"
    label: ClassVar[str] = "XGBoost, absolute error from the state"
    is_naive: ClassVar[bool] = False

    trees: Boosted

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Boosts corrections of the whole shift or nothing."""
        start = AsItStands().predict(sample.table)
        return cls(Boosted.fit(sample, LOSS, seed=seed, start=start))

    def predict(self, table: FeatureTable) -> Floats:
        """The whole shift or nothing, corrected."""
        return self.trees.predict(table, AsItStands().predict(table))

    def importances(self) -> dict[str, float]:
        """Of the corrections."""
        return self.trees.importances()

    def dump(self) -> dict[str, bytes]:
        """The trees."""
        return self.trees.dump()

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same trees."""
        return cls(Boosted.load(parts))
