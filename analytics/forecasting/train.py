"""Learn from a plant's daily series all that its forecasts need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from analytics.forecasting.backtest import (
    Backtest,
    Tell,
    folds_of,
    origins_of,
    run_backtest,
    silent,
)
from analytics.forecasting.fitting import fitted
from analytics.forecasting.ladder import is_enough
from analytics.forecasting.lstm import LstmWeights
from analytics.forecasting.model import ForecastModel
from analytics.forecasting.past import past_of
from analytics.forecasting.pool.forecaster import Forecaster
from analytics.forecasting.pool.gradient_trees import train_trees, tree_rows
from analytics.forecasting.pool.prophet_additive import EVERYWHERE
from analytics.forecasting.pool.roster import Learned, assemble, installed
from analytics.forecasting.series import DailySeries


def train(
    series: Sequence[DailySeries],
    *,
    as_of: date,
    lstm: LstmWeights | None = None,
    members: frozenset[str] | None = None,
    tell: Tell = silent,
) -> ForecastModel:
    """A model from what was known at 00:00 of `as_of`; series that are too short are left out.

    `members` None is all that are installed; the network takes part where its weights are given.
    `tell(percent, step)` may raise to cancel. Trees and network of the backtest are those of the
    first origin of each fold. ValueError for a network that knows more than `as_of` allows.
    """
    if lstm and lstm.as_of > as_of:
        raise ValueError(f"The network knows {lstm.as_of}; the model may know {as_of} at most.")
    known = sorted((one.before(as_of) for one in series), key=lambda one: (one.metric, one.key))
    known = [one for one in known if is_enough(past_of(one, as_of))]
    names = installed() | {"lstm"} if members is None else members
    tell(0, "trees")
    learned = _learning(known, names, lstm)
    order = [one.name for one in assemble(names, learned(as_of))]
    run = _backtested(known, as_of, order, lambda day: assemble(names, learned(day)), tell)
    tell(90, "weights and widths")
    groups, fits = fitted(known, run)
    tell(100, "done")
    return ForecastModel(
        as_of=as_of, members=run.members, groups=groups, series=fits, learned=learned(as_of)
    )


def _learning(
    series: Sequence[DailySeries], names: frozenset[str], lstm: LstmWeights | None
) -> Callable[[date], Learned]:
    """What members bring from training as of a day, learned once for each day."""
    rows = tree_rows(series) if "xgb" in names else None

    @cache
    def learned(day: date) -> Learned:
        return Learned(
            trees=train_trees(rows, as_of=day),
            layers=lstm.at(day) if lstm and "lstm" in names else None,
            prophet_everywhere=len(series) <= EVERYWHERE,
        )

    return learned


def _backtested(
    series: Sequence[DailySeries],
    as_of: date,
    order: Sequence[str],
    members_at: Callable[[date], Sequence[Forecaster]],
    tell: Tell,
) -> Backtest:
    """Every origin with the members as they were at the first origin of its fold."""
    origins = origins_of(series, as_of)

    def pool_at(origin: date) -> Sequence[Forecaster]:
        tell(10 + 80 * origins.index(origin) // len(origins), f"backtest from {origin}")
        return members_at(next(fold[0] for fold in folds_of(origins) if origin in fold))

    return run_backtest(series, origins, order, pool_at)
