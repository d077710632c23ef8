"""One factor a level and part of the horizon, so that bands hold what they claim to hold.

A band is stretched about the median by the factor with the lowest interval score among those with
which it would have covered its level on the backtest, within a margin: split conformal calibration
by a scale (Romano, Patterson and Candès, Conformalized quantile regression, NeurIPS 2019), with the
score as the judge where zeros make coverage jump. Few blocks of days pull the factor to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.series import HORIZON, Floats
from analytics.forecasting.wis import BANDS, MEDIAN

BUCKETS = ((0, 7), (7, 14), (14, HORIZON))
FACTORS = np.geomspace(0.4, 3.0, 41)
MARGINS = {0.8: (0.79, 0.85), 0.95: (0.945, 0.975)}
"""Coverages on the backtest among which the score decides."""
PRIOR_BLOCKS = 12
"""Weight of the factor 1, in blocks (a series at an origin)."""

Widths = Mapping[float, tuple[float, ...]]
UNCHANGED: Widths = {level: (1.0,) * len(BUCKETS) for level in BANDS}


@dataclass(frozen=True, slots=True)
class _Part:
    """A bucket's days: (n, days) median, low, high, truth and the unit of each row."""

    floor: float
    median: Floats
    low: Floats
    high: Floats
    truth: Floats
    unit: Floats


def learn_widths(
    quantiles: Floats, truth: Floats, scale: Floats, floor: float | None = None
) -> Widths:
    """Factors by level and bucket from (n, 30, 5), (n, 30) and (n,) scales; no edge of a band that
    lies on the `floor` leaves it, none goes below.
    """
    bound = -np.inf if floor is None else floor
    return {
        level: tuple(
            _factor(_part(quantiles[:, first:end], truth[:, first:end], scale, level, bound), level)
            for first, end in BUCKETS
        )
        for level in BANDS
    }


def stretched(quantiles: Floats, widths: Widths, floor: float | None = None) -> Floats:
    """(…, 30, 5) with each band's distance from the median times its factor."""
    found = quantiles.copy()
    middle = quantiles[..., MEDIAN]
    bound = -np.inf if floor is None else floor
    for level, edges in BANDS.items():
        factor = np.repeat(widths[level], [end - begin for begin, end in BUCKETS])
        for edge in edges:
            found[..., edge] = _moved(quantiles[..., edge], middle, factor, bound)
    return np.sort(found, axis=-1)


def _moved(edge: Floats, middle: Floats, factor: Floats | float, floor: float) -> Floats:
    moved = np.maximum(middle + factor * (edge - middle), floor)
    return np.where(edge <= floor, edge, moved)


def _part(quantiles: Floats, truth: Floats, scale: Floats, level: float, floor: float) -> _Part:
    low, high = BANDS[level]
    return _Part(
        floor,
        quantiles[..., MEDIAN],
        quantiles[..., low],
        quantiles[..., high],
        truth,
        scale[:, None],
    )


def _factor(part: _Part, level: float) -> float:
    known = ~np.isnan(part.truth) & ~np.isnan(part.median)
    blocks = int(known.any(axis=1).sum())
    if not blocks:
        return 1.0
    tried = [_tried(part, level, factor) for factor in FACTORS]
    least, most = MARGINS[level]
    off = [max(0.0, least - cover, cover - most) for cover, _ in tried]
    nearest = min(off)
    best = min(
        (score, number) for number, (_, score) in enumerate(tried) if off[number] <= nearest + 1e-9
    )[1]
    return float(np.exp(np.log(FACTORS[best]) * blocks / (blocks + PRIOR_BLOCKS)))


def _tried(part: _Part, level: float, factor: float) -> tuple[float, float]:
    """Coverage and mean interval score of the band with this factor."""
    low = _moved(part.low, part.median, factor, part.floor)
    high = _moved(part.high, part.median, factor, part.floor)
    below, above = np.maximum(low - part.truth, 0), np.maximum(part.truth - high, 0)
    score = (high - low + 2 / (1 - level) * (below + above)) / part.unit
    held = (below == 0) & (above == 0)
    known = ~np.isnan(part.truth) & ~np.isnan(part.median)
    return float(held[known].mean()), float(score[known].mean())
