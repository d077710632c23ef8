"""Sample paths of 30 days, for totals: quantiles of a sum are not sums of quantiles.

Days hang together by a Gaussian copula: each day's quantile function is driven by a normal z whose
correlation k days apart is c + (1 - c) φ^k, a common part of a whole forecast and a part that fades
(Schefzik, Thorarinsdottir and Gneiting, Uncertainty quantification in complex simulation models
using ensemble copula coupling, Statistical Science 28, 2013). Both are measured on the backtest, in
the normal scores of what came.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from analytics.forecasting.series import HORIZON, QUANTILES, Floats

PATHS = 1000
SEED = 7
TAIL = 0.0025
LADDER = np.array([TAIL, *QUANTILES, 1 - TAIL])
_Z = [NormalDist().inv_cdf(float(level)) for level in LADDER]
BEYOND = (_Z[1] - _Z[0]) / (_Z[2] - _Z[1])
"""How far the tail goes beyond the 95 % band, in its distance from the 80 % band, if normal."""
FAR = 10
"""Days apart from which on only the common part is left."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """`common` c and `fading` φ, 0..1."""

    common: float = 0.1
    fading: float = 0.3


def laddered(quantiles: Floats) -> Floats:
    """(…, 5) quantiles to (…, 7) with the tails at TAIL and 1 - TAIL."""
    low = quantiles[..., 0] - BEYOND * (quantiles[..., 1] - quantiles[..., 0])
    high = quantiles[..., -1] + BEYOND * (quantiles[..., -1] - quantiles[..., -2])
    return np.concatenate([low[..., None], quantiles, high[..., None]], axis=-1)


def mean_of(ladder: Floats) -> Floats:
    """The mean of piecewise linear quantile functions, (…, 7) to (…)."""
    steps = np.diff(LADDER)
    inner = ((ladder[..., 1:] + ladder[..., :-1]) / 2 * steps).sum(axis=-1)
    return np.asarray(inner + TAIL * (ladder[..., 0] + ladder[..., -1]))


def paths_of(ladder: Floats, dependence: Dependence) -> Floats:
    """(PATHS, days) from (days, 7) quantile functions of days in a row."""
    level = np.clip(_normal_cdf(_draw(dependence)[:, : len(ladder)]), TAIL, 1 - TAIL)
    drawn = np.empty(level.shape)
    for day, quantiles in enumerate(ladder):
        drawn[:, day] = np.interp(level[:, day], LADDER, quantiles)
    return drawn


def learn_dependence(quantiles: Floats, truth: Floats) -> Dependence:
    """From (n, 30, 5) forecasts and (n, 30) truths; the default where little is known."""
    score = _normal_scores(laddered(quantiles), truth)
    known = ~np.isnan(score)
    if known.sum() < 2 * HORIZON:
        return Dependence()
    variance = float(np.nanmean(score**2))
    far = float(np.mean([_product(score, apart) for apart in range(FAR, 20)])) / variance
    common = float(np.clip(far, 0.0, 0.6))
    near = _product(score, 1) / variance
    return Dependence(common, float(np.clip((near - common) / (1 - common), 0.0, 0.95)))


def _product(score: Floats, apart: int) -> float:
    products = score[:, apart:] * score[:, :-apart]
    known = products[~np.isnan(products)]
    return float(known.mean()) if known.size else 0.0


def _normal_scores(ladder: Floats, truth: Floats) -> Floats:
    """z of each truth under its forecast; the middle where the forecast has an atom."""
    scores = np.full(truth.shape, np.nan)
    normal = NormalDist()
    for at in zip(*np.nonzero(~np.isnan(truth) & ~np.isnan(ladder).any(axis=-1)), strict=True):
        below = LADDER[min(np.searchsorted(ladder[at], truth[at], "left"), len(LADDER) - 1)]
        above = LADDER[max(np.searchsorted(ladder[at], truth[at], "right") - 1, 0)]
        if below > above:
            below = above = float(np.interp(truth[at], ladder[at], LADDER))
        scores[at] = normal.inv_cdf((below + above) / 2)
    return scores


def _draw(dependence: Dependence) -> Floats:
    """(PATHS, 30) standard normals with the dependence of days; no linear algebra library, whose
    rounding depends on its threads.
    """
    random = np.random.default_rng(SEED)
    common = random.standard_normal((PATHS, 1))
    fresh = random.standard_normal((PATHS, HORIZON))
    fading = fresh.copy()
    keep = dependence.fading
    for day in range(1, HORIZON):
        fading[:, day] = keep * fading[:, day - 1] + np.sqrt(1 - keep**2) * fresh[:, day]
    share = dependence.common
    return np.asarray(np.sqrt(share) * common + np.sqrt(1 - share) * fading)


def _normal_cdf(z: Floats) -> Floats:
    """Φ(z) by the logistic approximation 1 / (1 + exp(-1.5976 z - 0.070566 z³)), error < 0.00015
    (Page, Approximations to the cumulative normal function, Applied Statistics 26, 1977).
    """
    return np.asarray(1 / (1 + np.exp(-1.5976 * z - 0.07056 * z**3)))
