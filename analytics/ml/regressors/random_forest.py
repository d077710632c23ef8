"""Means of the leaves of many trees, each grown on a bootstrap of the shifts and few features.

Source: Breiman (2001), Machine Learning 45. Each tree sees at most 4,000 shifts: more of them cost
time in proportion and change little.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.protocol import Sample

TREES, SHIFTS_A_TREE, LEAF = 20, 4_000, 8
TRUSTED = ["sklearn.tree._tree.Tree"]


@dataclass(frozen=True, slots=True)
class RandomForest:
    """A fitted forest and the features it reads."""

    name: ClassVar[str] = "random_forest"
    label: ClassVar[str] = "Random Forest"
    is_naive: ClassVar[bool] = False

    names: tuple[str, ...]
    forest: Any

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Squared error, so leaves are means."""
        from sklearn.ensemble import RandomForestRegressor

        forest = RandomForestRegressor(
            n_estimators=TREES,
            max_samples=min(SHIFTS_A_TREE, len(sample.target)),
            min_samples_leaf=LEAF,
            max_features=0.33,
            random_state=seed,
            n_jobs=1,
        )
        forest.fit(sample.table.values.astype(np.float32), sample.target, sample.weight)
        return cls(sample.table.names, forest)

    def predict(self, table: FeatureTable) -> Floats:
        """Mean minutes."""
        columns = [table.names.index(name) for name in self.names]
        answer: Floats = self.forest.predict(table.values[:, columns].astype(np.float32))
        return answer

    def importances(self) -> dict[str, float]:
        """Shares of the squared error that splits on each feature took away."""
        return dict(zip(self.names, self.forest.feature_importances_.tolist(), strict=True))

    def dump(self) -> dict[str, bytes]:
        """skops: no pickle."""
        import skops.io

        names = json.dumps(list(self.names)).encode()
        return {"features.json": names, "forest.skops": skops.io.dumps(self.forest)}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """Only the types that a forest consists of are trusted."""
        import skops.io

        forest = skops.io.loads(parts["forest.skops"], trusted=TRUSTED)
        return cls(tuple(json.loads(parts["features.json"])), forest)
