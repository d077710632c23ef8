"""Gradient boosted trees by XGBoost: what the members that use it share.

Source: Chen and Guestrin (2016), KDD. The loss matters more than the family: each member is a
module of its own that names its loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.protocol import Sample

TREE: dict[str, Any] = {
    "tree_method": "hist",
    "max_bin": 64,
    "max_depth": 5,
    "learning_rate": 0.1,
    "subsample": 0.7,
    "colsample_bytree": 0.5,
    "min_child_weight": 10,
    "nthread": 1,
}
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Boosted:
    """A booster and the features it reads."""

    names: tuple[str, ...]
    booster: Any

    @classmethod
    def fit(
        cls, sample: Sample, loss: Mapping[str, Any], *, seed: int, start: Floats | None = None
    ) -> Self:
        """`start` is the answer from which boosting departs, for each shift."""
        return cls.fit_each(sample, loss, seeds=(seed,), start=start)[0]

    @classmethod
    def fit_each(
        cls,
        sample: Sample,
        loss: Mapping[str, Any],
        *,
        seeds: Iterable[int],
        start: Floats | None = None,
    ) -> tuple[Self, ...]:
        """One a seed; the shifts are sorted into bins once."""
        import xgboost

        data = xgboost.QuantileDMatrix(
            sample.table.values,
            sample.target,
            weight=sample.weight,
            base_margin=start,
            max_bin=TREE["max_bin"],
            nthread=1,
        )
        rounds = int(loss.get("rounds", ROUNDS))
        named = {name: value for name, value in loss.items() if name != "rounds"}
        return tuple(
            cls(sample.table.names, xgboost.train({**TREE, "seed": seed, **named}, data, rounds))
            for seed in seeds
        )

    def predict(self, table: FeatureTable, start: Floats | None = None) -> Floats:
        """What the loss is minimised by, for each row."""
        import xgboost

        if not len(table):
            return np.zeros(0)
        columns = [table.names.index(name) for name in self.names]
        data = xgboost.DMatrix(table.values[:, columns], base_margin=start, nthread=1)
        return np.asarray(self.booster.predict(data), np.float64)

    def importances(self) -> dict[str, float]:
        """Shares of the loss that splits on each feature took away."""
        gains = self.booster.get_score(importance_type="total_gain")
        total = sum(gains.values())
        if not total:
            return {}
        return {name: gains.get(f"f{place}", 0.0) / total for place, name in enumerate(self.names)}

    def dump(self) -> dict[str, bytes]:
        """XGBoost's own JSON."""
        names = json.dumps(list(self.names)).encode()
        return {"features.json": names, "booster.json": bytes(self.booster.save_raw("json"))}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same trees."""
        import xgboost

        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(parts["booster.json"]))
        return cls(tuple(json.loads(parts["features.json"])), booster)
