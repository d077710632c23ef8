"""Which members there are, and which of them this installation can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from analytics.forecasting.pool.ets import Ets
from analytics.forecasting.pool.forecaster import Forecaster
from analytics.forecasting.pool.global_lstm import GlobalLstm, Layers
from analytics.forecasting.pool.gradient_trees import GradientTrees
from analytics.forecasting.pool.linear_trend import LinearTrend
from analytics.forecasting.pool.mean_reversion import MeanReversion
from analytics.forecasting.pool.prophet_additive import ProphetAdditive
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
    "mean_reversion": None,
    "tsb": None,
    "ets": "statsforecast",
    "theta": "statsforecast",
    "xgb": "xgboost",
    "prophet": "prophet",
    "lstm": "tensorflow",
}
"""Each member, in the order of tables, and the package without which it is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What members bring from training: XGBoost's JSON by kind of series, the network's layers,
    and whether the plant is small enough for Prophet on every series.
    """

    trees: Mapping[str, bytes] = field(default_factory=dict)
    layers: Layers | None = None
    prophet_everywhere: bool = True


def installed() -> frozenset[str]:
    """The members whose package is there; imports nothing."""
    return frozenset(name for name, needs in NEEDS.items() if needs is None or find_spec(needs))


def assemble(names: frozenset[str], learned: Learned) -> list[Forecaster]:
    """The named members, in the roster's order; no network without its layers."""
    every: list[Forecaster] = [
        SeasonalNaive(),
        WindowAverage(),
        WindowAverage(name="long_average", window=112),
        LinearTrend(),
        MeanReversion(),
        TeunterSyntetosBabai(),
        Ets(),
        Theta(),
        GradientTrees(learned.trees),
        ProphetAdditive(everywhere=learned.prophet_everywhere),
    ]
    if learned.layers is not None:
        every.append(GlobalLstm(learned.layers))
    return [one for one in every if one.name in names]
