"""The plant's downtime from its machines' distributions: totals of draws, not sums of medians."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.history import Floats, Ints

DRAWS = 4000
LEVELS = (0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0)
TOLERANCE_MIN, TOLERANCE_SHARE = 15.0, 0.1
LEAST_SHIFTS, HIGHEST = 20, 0.95


@dataclass(frozen=True, slots=True)
class PlantTotal:
    """Minutes of all machines together, and the chance that a total is as near as confidence
    promises.
    """

    median_min: float
    expected_min: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float
    p_downtime_30: float
    confidence: float


def plant_total(
    *,
    quantiles: Floats,
    expected_min: Floats,
    planned_min: Floats,
    correlation: float = 0.0,
    seed: int = 7,
) -> PlantTotal:
    """Add machines up by drawing from each; one common factor makes them bad and good together.

    `quantiles` is (machine, 5): 2.5, 10, 50, 90 and 97.5 %. Between them a draw is linear, below
    the lowest it is the lowest, above the highest it runs on by as much as the last step, at most
    to the planned minutes. `correlation` is that of the normal scores (a Gaussian copula with equal
    correlations). Totals are scaled to the expected minutes, which add up: the mean of a sum is the
    sum of the means.

    >>> q = np.array([[0.0, 0.0, 10.0, 20.0, 30.0]])
    >>> round(plant_total(quantiles=q, expected_min=np.array([11.0]),
    ...                   planned_min=np.array([480.0])).expected_min)
    11
    """
    table = _table(quantiles, planned_min)
    uniform = _uniform(len(quantiles), correlation, seed)
    drawn = np.array([np.interp(u, LEVELS, row) for u, row in zip(uniform, table, strict=True)])
    totals, expected = drawn.sum(axis=0), float(expected_min.sum())
    if totals.any():
        totals = np.minimum(totals * expected / totals.mean(), planned_min.sum())
    lo95, lo80, median, hi80, hi95 = np.quantile(totals, [0.025, 0.1, 0.5, 0.9, 0.975])
    near = max(TOLERANCE_MIN, TOLERANCE_SHARE * float(planned_min.sum()))
    return PlantTotal(
        median_min=float(median),
        expected_min=expected,
        lo80=float(lo80),
        hi80=float(hi80),
        lo95=float(lo95),
        hi95=float(hi95),
        p_downtime_30=float((totals >= 30).mean()),
        confidence=float((np.abs(totals - median) <= near).mean()),
    )


def common_correlation(
    *, quantiles: Floats, actual_min: Floats, planned_min: Floats, start_us: Ints
) -> float:
    """How much machines are bad and good together, 0..0.95, from shifts whose truth is known.

    Each row's truth is placed in its own distribution; the normal scores of the rows of one shift
    start are compared: r = (k · var(mean of k) / var − 1) / (k − 1), pooled over shifts.
    """
    score = _scores(_place(_table(quantiles, planned_min), actual_min))
    _, place, count = np.unique(start_us, return_inverse=True, return_counts=True)
    mean = np.bincount(place, weights=score) / count
    several = count > 1
    if several.sum() < LEAST_SHIFTS or not score.std():
        return 0.0
    k = count[several]
    ratio = k * (mean[several] - score.mean()) ** 2 / score.var()
    return float(np.clip(((ratio - 1) / (k - 1)).mean(), 0.0, HIGHEST))


def _table(quantiles: Floats, planned_min: Floats) -> Floats:
    """Minutes at LEVELS, rising."""
    top = np.minimum(planned_min, 2 * quantiles[:, 4] - quantiles[:, 3])
    table = np.column_stack([quantiles[:, :1], quantiles, np.maximum(top, quantiles[:, 4])])
    rising: Floats = np.maximum.accumulate(table, axis=1)
    return rising


def _uniform(count: int, correlation: float, seed: int) -> Floats:
    """(machine, draw) ranks in 0..1 of correlated normal draws: their margins are exactly even."""
    generator = np.random.default_rng(seed)
    common = generator.standard_normal(DRAWS)
    own = generator.standard_normal((count, DRAWS))
    normal = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    return _ranks(normal)


def _ranks(rows: Floats) -> Floats:
    ranks: Floats = (np.argsort(np.argsort(rows, axis=1), axis=1) + 0.5) / rows.shape[1]
    return ranks


def _place(table: Floats, actual_min: Floats) -> Floats:
    """Where each truth lies in its distribution; the middle of a step that is flat."""
    pairs = zip(actual_min, table, strict=True)
    return np.array([np.interp(actual, _nudged(row), LEVELS) for actual, row in pairs])


def _nudged(row: Floats) -> Floats:
    """Strictly rising, so that a truth on a flat step lies at the step's end and not anywhere."""
    return row + np.arange(len(row)) * 1e-6


def _scores(place: Floats) -> Floats:
    """Normal scores by rank, so that neither wide nor narrow ranges count as agreement."""
    order = np.argsort(np.argsort(place, kind="stable"), kind="stable")
    sorted_normal = np.sort(np.random.default_rng(7).standard_normal(len(place)))
    scores: Floats = sorted_normal[order]
    return scores
