"""What the downtime model is held against: each member by itself, and the usual recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.ml.ensemble import answers_of
from analytics.ml.features import features
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Ints, ShiftHistory, questions_of
from analytics.ml.regressors import LEARNED, Regressor
from analytics.ml.sufficiency import usable_rows
from analytics.ml.training import SEED, asked

EIGHT = (
    "downtime_lag_1", "downtime_mean_3", "downtime_mean_9", "downtime_mean_21", "downtime_std_21",
    "defect_rate_mean_9", "quality_mean_9", "efficiency_mean_9",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rivals:
    """Fitted on everything known at an instant."""

    names: tuple[str, ...]
    members: dict[str, Regressor]
    recipe: tuple[Any, Any]

    @classmethod
    def trained(cls, history: ShiftHistory, *, as_of_us: int) -> Rivals:
        """The same shifts that the model learns from."""
        known = history.known_at(as_of_us)
        learn = asked(known, usable_rows(known), ahead=False)
        members = {one.name: one.fit(learn.sample(), seed=SEED) for one in LEARNED}
        return cls(learn.table.names, members, _recipe(learn.table, learn.rate, learn.weight))

    def say(self, history: ShiftHistory, rows: Ints) -> dict[str, Floats]:
        """Minutes of each row by each rival."""
        table = features(history, questions_of(history, rows))
        said = answers_of(self.members, table.of(self.names))
        eight = _eight(table)
        forest, boosted = (np.clip(one.predict(eight), 0, 480) for one in self.recipe)
        said["usual_recipe"] = (forest + boosted) / 2
        share = history.planned_min[rows] / 480.0
        return {name: answer * share for name, answer in said.items()}


def _recipe(table: FeatureTable, rate: Floats, weight: Floats) -> tuple[Any, Any]:
    from sklearn.ensemble import RandomForestRegressor
    from xgboost import XGBRegressor

    forest = RandomForestRegressor(n_estimators=50, max_samples=0.5, n_jobs=1, random_state=SEED,
                                   min_samples_leaf=2)  # fmt: skip
    boosted = XGBRegressor(n_estimators=100, max_depth=6, learning_rate=0.1, n_jobs=1,
                           random_state=SEED)  # fmt: skip
    for one in (forest, boosted):
        one.fit(_eight(table), rate, sample_weight=weight)
    return forest, boosted


def _eight(table: FeatureTable) -> Floats:
    held = [table.column(name) for name in EIGHT if name in table.names]
    known = [column for column in held if _says_something(column)]
    return np.nan_to_num(np.column_stack(known or held))


def _says_something(column: Floats) -> bool:
    return bool(np.isfinite(column).any())
