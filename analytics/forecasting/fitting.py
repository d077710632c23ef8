"""Fit weights, widths and the dependence of days to a backtest, by metric and by series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analytics.forecasting.backtest import Backtest
from analytics.forecasting.model import GroupFit, SeriesFit
from analytics.forecasting.past import floor_of
from analytics.forecasting.paths import learn_dependence
from analytics.forecasting.series import DailySeries, Floats
from analytics.forecasting.verdict import judged
from analytics.forecasting.weights import combined, greedy_weights, prior_of, shrunk
from analytics.forecasting.width import learn_widths, stretched
from analytics.forecasting.wis import wis

OWN_SHARE = 0.5
"""Of a series' weights; the rest is what is best over the plant."""
FEW_SERIES = 4
"""A metric of fewer series shares the plant's half with all the others."""


def fitted(
    series: Sequence[DailySeries], run: Backtest
) -> tuple[dict[str, GroupFit], dict[tuple[str, str], SeriesFit]]:
    """What a plant's metrics have in common, by metric, and each series' own, by (key, metric)."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(series):
        rows[one.metric].append(row)
    scale, everything = _scales(run), list(range(len(series)))
    groups, fits = {}, {}
    for metric, own in rows.items():
        wide = own if len(own) >= FEW_SERIES else everything
        shared = _weights(run, wide, scale)
        weights = {row: _mixed(run, row, shared, scale) for row in own}
        floor = floor_of(series[own[0]], series[own[0]].values)
        groups[metric], served = _group(run, weights, shared, scale, floor)
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
    blocks = int((~np.isnan(truth)).any(axis=2).sum())
    found = greedy_weights(
        quantiles.reshape(len(quantiles), -1, *quantiles.shape[3:]),
        truth.reshape(-1, truth.shape[-1]),
        np.repeat(scale[rows], origins),
    )
    return shrunk(found, prior_of(run.members), origins=origins, blocks=blocks)


def _mixed(run: Backtest, row: int, shared: Floats, scale: Floats) -> Floats:
    """Half of the plant's weights, half of its own, which lean on the plant's where few."""
    own = _weights(run, [row], scale)
    return OWN_SHARE * own + (1 - OWN_SHARE) * shared


def _named(run: Backtest, weights: Floats) -> Mapping[str, float]:
    return {name: float(w) for name, w in zip(run.members, weights, strict=True)}


def _group(
    run: Backtest,
    weights: Mapping[int, Floats],
    shared: Floats,
    scale: Floats,
    floor: float | None,
) -> tuple[GroupFit, Floats]:
    """What a metric's series have in common, and (series, origins, 30, 5) as it would be served."""
    rows = list(weights)
    truth = run.truth[rows]
    mixed = np.array([combined(run.quantiles[:, row], weights[row], floor) for row in rows])
    if not truth.shape[1]:
        return GroupFit(weights=_named(run, shared)), mixed
    unit = np.repeat(scale[rows], truth.shape[1])
    widths = learn_widths(_flat(mixed), _flat(truth), unit, floor)
    served = stretched(mixed, widths, floor)
    fit = GroupFit(
        weights=_named(run, shared),
        widths=widths,
        dependence=learn_dependence(_flat(served), _flat(truth)),
    )
    return fit, served


def _flat(held: Floats) -> Floats:
    """(series, origins, …) to (series × origins, …)."""
    return held.reshape(-1, *held.shape[2:])
