"""Weights of a combination of quantile forecasts, by greedy selection.

Quantiles of a level are averaged over members (Vincentization). The weights are found as Caruana et
al. choose ensembles (Ensemble selection from libraries of models, ICML 2004): beginning with
nothing, that member is added, as often as it is best, with which the mean score is lowest; a
member's weight is how often it was picked. The score is the WIS.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.forecasting.series import Floats
from analytics.forecasting.wis import wis

PICKS = 20
ENOUGH_ORIGINS = 5
"""Below so many origins weights are shrunk further towards the prior."""
DISCOUNTED = {"linear_trend": 0.25}
"""A trend that goes on for 30 days is more often wrong than right where there is other advice: on
three quarters of the open data mixtures were better without it.
"""
PRIOR_BLOCKS = 60
"""A block is a series at an origin."""


def greedy_weights(quantiles: Floats, truth: Floats, scale: Floats) -> Floats:
    """(members,) weights that sum to 1, from (members, n, 30, 5), (n, 30) and (n,) scales.

    Scores count in units of `scale`, so that no series outweighs another. A member that is unknown
    on a day stands there as the mean of the others; known on less than a quarter it is not picked.
    """
    used = ~np.isnan(truth) & ~np.isnan(quantiles).all(axis=(0, 3))
    at = np.nonzero(used)
    known, wanted = quantiles[:, at[0], at[1]], truth[at]
    if not wanted.size:
        return np.full(len(quantiles), 1 / len(quantiles))
    unknown = np.isnan(known)
    able = unknown.any(axis=2).mean(axis=1) <= 0.75
    known = np.where(unknown, np.nanmean(known, axis=0), known)
    unit = 1 / scale[at[0]]
    picked, total = np.zeros(len(quantiles)), np.zeros(known.shape[1:])
    for turn in range(PICKS):
        scores = [
            (wis((total + one) / (turn + 1), wanted) * unit).mean() if can else np.inf
            for one, can in zip(known, able, strict=True)
        ]
        best = int(np.argmin(scores))
        picked[best] += 1
        total += known[best]
    return picked / PICKS


def shrunk(weights: Floats, prior: Floats, *, origins: int, blocks: int) -> Floats:
    """Towards the prior, which is hard to beat from little evidence (Smith and Wallis, A simple
    explanation of the forecast combination puzzle, Oxford Bulletin 71, 2009): below ENOUGH_ORIGINS
    in proportion, and as if PRIOR_BLOCKS blocks had spoken for it.
    """
    trust = min(1.0, origins / ENOUGH_ORIGINS) * blocks / (blocks + PRIOR_BLOCKS)
    return trust * weights + (1 - trust) * prior


def prior_of(members: Sequence[str]) -> Floats:
    """Equal weights, but for those of DISCOUNTED."""
    shares = np.array([DISCOUNTED.get(name, 1.0) for name in members])
    return np.asarray(shares / shares.sum())


def combined(
    quantiles: Sequence[Floats] | Floats, weights: Floats, floor: float | None = None
) -> Floats:
    """The weighted mean of (members, …, 5) over the members that are known, day by day.

    A quantile lies on the `floor` (the metric's lower bound) where members of more than half of
    the weight put it there: a mean with one that is a little above would deny every zero day.
    """
    stacked = np.asarray(quantiles)
    share = weights.reshape(-1, *[1] * (stacked.ndim - 1)) * ~np.isnan(stacked)
    total = share.sum(axis=0)
    mixed = (share * np.nan_to_num(stacked)).sum(axis=0) / np.where(total > 0, total, 1)
    if floor is not None:
        resting = (share * (stacked <= floor)).sum(axis=0)
        mixed = np.where(resting > total / 2, floor, mixed)
    return np.where(total > 0, mixed, np.nan)
