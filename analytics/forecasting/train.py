"""Learn from a plant's daily series all that its forecasts need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.forecasting.backtest import Tell, origins_of, run_backtest, silent
from analytics.forecasting.fitting import fitted
from analytics.forecasting.ladder import is_enough
from analytics.forecasting.lstm import LstmWeights
from analytics.forecasting.model import ForecastModel
from analytics.forecasting.past import past_of
from analytics.forecasting.pool.global_lstm import Layers
from analytics.forecasting.pool.gradient_trees import train_trees
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
    `tell(percent, step)` may raise to cancel. Trees and network of the backtest are those of its
    first origin. ValueError for a network that knows more than `as_of` allows.
    """
    known = sorted((one.before(as_of) for one in series), key=lambda one: (one.metric, one.key))
    known = [one for one in known if is_enough(past_of(one, as_of))]
    names = installed() | {"lstm"} if members is None else members
    origins = origins_of(known, as_of)
    first = origins[0] if origins else as_of
    layers_then, layers_now = _layers(lstm, first, as_of)
    tell(0, "trees for the backtest")
    then = _learned(known, first, names, layers_then)
    tell(15, "trees")
    now = _learned(known, as_of, names, layers_now)
    pool = assemble(names, then)
    run = run_backtest(known, origins, pool, lambda part, step: tell(30 + int(60 * part), step))
    tell(90, "weights and widths")
    groups, fits = fitted(known, run)
    tell(100, "done")
    return ForecastModel(as_of=as_of, members=run.members, groups=groups, series=fits, learned=now)


def _layers(
    lstm: LstmWeights | None, first: date, as_of: date
) -> tuple[Layers | None, Layers | None]:
    """The network of the backtest, if it may be used there, and that of the forecasts."""
    if lstm is None:
        return None, None
    if lstm.as_of > as_of:
        raise ValueError(f"The network knows {lstm.as_of}; the model may know {as_of} at most.")
    return (lstm.then if lstm.then_as_of <= first else None), lstm.now


def _learned(
    series: Sequence[DailySeries], as_of: date, names: frozenset[str], layers: Layers | None
) -> Learned:
    return Learned(
        trees=train_trees(series, as_of=as_of) if "xgb" in names else {},
        layers=layers if "lstm" in names else None,
        prophet_everywhere=len(series) <= EVERYWHERE,
    )
