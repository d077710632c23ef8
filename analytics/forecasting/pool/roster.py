"""Which members there are, and which of them this installation can run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from analytics.forecasting.pool.ets import Ets
from analytics.forecasting.pool.forecaster import Forecaster
from analytics.forecasting.pool.gradient_trees import GradientTrees
from analytics.forecasting.pool.linear_trend import LinearTrend
from analytics.forecasting.pool.seasonal_naive import SeasonalNaive
from analytics.forecasting.pool.theta import Theta
from analytics.forecasting.pool.tsb import TeunterSyntetosBabai
from analytics.forecasting.pool.window_average import WindowAverage

NAIVE = "seasonal_naive"
NEEDS = {
    NAIVE: None,
    "window_average": None,
    "long_average": None,
    "linear_trend": None,
    "tsb": None,
    "ets": "statsforecast",
    "theta": "statsforecast",
    "xgb": "xgboost",
    "prophet": "prophet",
    "lstm": "tensorflow",
}
"""Each member, in the order of tables, and the package without which it is absent."""


def installed() -> frozenset[str]:
    """The members whose package is there; imports nothing."""
    return frozenset(name for name, needs in NEEDS.items() if needs is None or find_spec(needs))


def assemble(names: frozenset[str], trees: Mapping[str, bytes]) -> list[Forecaster]:
    """The named members, in the roster's order."""
    every: list[Forecaster] = [
        SeasonalNaive(),
        WindowAverage(),
        WindowAverage(name="long_average", window=112),
        LinearTrend(),
        TeunterSyntetosBabai(),
        Ets(),
        Theta(),
        GradientTrees(trees),
    ]
    return [one for one in every if one.name in names]
