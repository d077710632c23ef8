"""Whether there is downtime, times how long it is: E(y) = P(y > 0) · E(y | y > 0).

A logistic loss for the first, a gamma deviance for the second. Source: Cragg (1971), Econometrica
39(5). A machine that seldom stops and one that stops briefly may have the same mean; this tells
them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.boosted import Boosted
from analytics.ml.regressors.protocol import Sample

WHETHER = {"objective": "binary:logistic", "max_depth": 4, "min_child_weight": 2}
HOW_LONG = {"objective": "reg:gamma", "max_depth": 3, "min_child_weight": 5}


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Mean minutes."""

    name: ClassVar[str] = "hurdle"
    label: ClassVar[str] = "Hurdle (whether × how long)"
    is_naive: ClassVar[bool] = False

    whether: Boosted
    how_long: Boosted

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """The second part sees only shifts with downtime; without any it answers zero."""
        has = sample.target > 0
        rows = np.flatnonzero(has) if has.any() else np.arange(min(1, len(has)))
        length = np.maximum(sample.target[rows], 1e-3)
        long = Sample(sample.table.rows(rows), length, sample.weight[rows])
        whether = Sample(sample.table, has.astype(np.float64), sample.weight)
        return cls(Boosted.fit(whether, WHETHER, seed=seed), Boosted.fit(long, HOW_LONG, seed=seed))

    def predict(self, table: FeatureTable) -> Floats:
        """Chance times length."""
        return self.whether.predict(table) * self.how_long.predict(table)

    def importances(self) -> dict[str, float]:
        """Of whether there is downtime."""
        return self.whether.importances()

    def dump(self) -> dict[str, bytes]:
        """Both parts."""
        parts = {f"whether.{name}": content for name, content in self.whether.dump().items()}
        return parts | {f"long.{name}": content for name, content in self.how_long.dump().items()}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """Both parts."""
        return cls(Boosted.load(_of(parts, "whether.")), Boosted.load(_of(parts, "long.")))


def _of(parts: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    held = parts.items()
    return {name.removeprefix(prefix): one for name, one in held if name.startswith(prefix)}
