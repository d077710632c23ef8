"""Trees boosted on |y − f|, departing from the last value: an estimate of the median.

Where most shifts have no downtime the median is what minimises minutes of error, and a squared
loss is not. Departing from the last shift keeps the answer sane on stops longer than any that was
learned from: trees cannot extrapolate, they only correct.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.last_value import LastValue
from analytics.ml.regressors.protocol import Sample

LOSS = {"objective": "reg:absoluteerror"}


@dataclass(frozen=True, slots=True)
class XgbAbsolute:
    """Median minutes."""

    name: ClassVar[str] = "xgb_absolute"
    label: ClassVar[str] = "XGBoost, absolute error"
    is_naive: ClassVar[bool] = False

    trees: Boosted

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Boosts corrections of the last value."""
        start = LastValue().predict(sample.table)
        return cls(Boosted.fit(sample, LOSS, seed=seed, start=start))

    def predict(self, table: FeatureTable) -> Floats:
        """The last value, corrected."""
        return self.trees.predict(table, LastValue().predict(table))

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
