"""Learn from a plant's daily series all that its forecasts need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from analytics.forecasting.backtest import Backtest, Tell, origins_of, run_backtest, silent
from analytics.forecasting.ladder import is_enough
from analytics.forecasting.model import ForecastModel, GroupFit, SeriesFit
from analytics.forecasting.past import past_of
from analytics.forecasting.paths import learn_dependence
from analytics.forecasting.pool.gradient_trees import train_trees
from analytics.forecasting.pool.roster import NAIVE, assemble, installed
from analytics.forecasting.series import DailySeries, Floats
from analytics.forecasting.verdict import judged
from analytics.forecasting.weights import combined, greedy_weights, shrunk
from analytics.forecasting.width import UNCHANGED, learn_widths, stretched
from analytics.forecasting.wis import wis

OWN_SHARE = 0.5
"""Of a series' weights; the rest is what is best over the plant."""
FEW_SERIES = 4
"""A metric of fewer series shares the plant's half with all the others."""


def train(
    series: Sequence[DailySeries],
    *,
    as_of: date,
    members: frozenset[str] | None = None,
    tell: Tell = silent,
) -> ForecastModel:
    """A model from what was known at 00:00 of `as_of`; series that are too short are left out.

    `members` None is all that are installed. `tell(percent, step)` may raise to cancel. The trees
    of the backtest are learned from what was known at its first origin.
    """
    known = sorted((one.before(as_of) for one in series), key=lambda one: (one.metric, one.key))
    known = [one for one in known if is_enough(past_of(one, as_of))]
    names = installed() if members is None else members & installed()
    origins = origins_of(known, as_of)
    trees_then, trees_now = {}, {}
    if "xgb" in names:
        tell(0, "trees for the backtest")
        trees_then = train_trees(known, as_of=origins[0]) if origins else {}
        tell(20, "trees")
        trees_now = train_trees(known, as_of=as_of)
    pool = assemble(names, trees_then)
    run = run_backtest(known, origins, pool, lambda part, step: tell(40 + int(50 * part), step))
    tell(90, "weights and widths")
    groups, fits = _fitted(known, run)
    tell(100, "done")
    return ForecastModel(
        as_of=as_of, members=run.members, groups=groups, series=fits, trees=trees_now
    )


def _fitted(
    series: Sequence[DailySeries], run: Backtest
) -> tuple[dict[str, GroupFit], dict[tuple[str, str], SeriesFit]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(series):
        rows[one.metric].append(row)
    scale, everything = _scales(run), list(range(len(series)))
    groups, fits = {}, {}
    for metric, own in rows.items():
        wide = own if len(own) >= FEW_SERIES else everything
        shared = _weights(run, wide, scale)
        weights = {row: _mixed(run, row, shared, scale) for row in own}
        groups[metric], served = _group(run, weights, shared, scale)
        for row, found in zip(own, served, strict=True):
            fits[series[row].key, metric] = judged(
                found,
                dict(zip(run.members, run.quantiles[:, row], strict=True)),
                run.truth[row],
                _named(run, weights[row]),
            )
    return groups, fits


def _scales(run: Backtest) -> Floats:
    """(series,) the mean WIS over the members: the unit in which a series' scores count."""
    scores = wis(run.quantiles, run.truth[None])
    sums, counts = np.nansum(scores, axis=(0, 2, 3)), (~np.isnan(scores)).sum(axis=(0, 2, 3))
    means = sums / np.maximum(counts, 1)
    return np.where(means > 0, means, 1.0)


def _weights(run: Backtest, rows: Sequence[int], scale: Floats) -> Floats:
    """Greedy over the origins of some series, shrunk where there were few origins."""
    quantiles, truth = run.quantiles[:, rows], run.truth[rows]
    origins = truth.shape[1]
    found = greedy_weights(
        quantiles.reshape(len(quantiles), -1, *quantiles.shape[3:]),
        truth.reshape(-1, truth.shape[-1]),
        np.repeat(scale[rows], origins),
    )
    return shrunk(found, origins)


def _mixed(run: Backtest, row: int, shared: Floats, scale: Floats) -> Floats:
    own = _weights(run, [row], scale)
    return OWN_SHARE * own + (1 - OWN_SHARE) * shared


def _named(run: Backtest, weights: Floats) -> Mapping[str, float]:
    return {name: float(w) for name, w in zip(run.members, weights, strict=True)}


def _group(
    run: Backtest, weights: Mapping[int, Floats], shared: Floats, scale: Floats
) -> tuple[GroupFit, Floats]:
    """What a metric's series have in common, and (series, origins, 30, 5) as it would be served."""
    rows = list(weights)
    truth = run.truth[rows]
    mixed = np.array([combined(run.quantiles[:, row], weights[row]) for row in rows])
    flat: Callable[[Floats], Floats] = lambda held: held.reshape(-1, *held.shape[2:])  # noqa: E731
    if not truth.shape[1]:
        return GroupFit(weights=_named(run, shared)), mixed
    unit = np.repeat(scale[rows], truth.shape[1])
    widths = learn_widths(flat(mixed), flat(truth), unit)
    naive = UNCHANGED
    if NAIVE in run.members:
        alone = run.quantiles[run.members.index(NAIVE), rows]
        naive = learn_widths(flat(alone), flat(truth), unit)
    served = stretched(mixed, widths)
    fit = GroupFit(
        weights=_named(run, shared),
        widths=widths,
        naive_widths=naive,
        dependence=learn_dependence(flat(served), flat(truth)),
    )
    return fit, served
