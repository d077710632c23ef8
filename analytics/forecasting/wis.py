"""The weighted interval score of quantile forecasts, and how often their bands hold the truth.

For K central intervals [l, u] at levels 1 - α and the median m (Bracher, Ray, Gneiting and Reich,
Evaluating epidemic forecasts in an interval format, PLoS Computational Biology 17(2), 2021):

    WIS = 1 / (K + 1/2) × (|y - m| / 2 + Σ α/2 × IS_α)
    IS_α = (u - l) + 2/α × max(l - y, 0) + 2/α × max(y - u, 0)

which equals twice the mean pinball loss over the 2K + 1 quantiles; so it is computed. In the unit
of the metric, lower is better, 0 is perfect. K = 2 here: the intervals of 80 and 95 %.

>>> float(wis(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array(2.0)))
0.12
"""

from __future__ import annotations

import numpy as np

from analytics.forecasting.series import QUANTILES, Floats

LEVELS = np.array(QUANTILES)
BANDS = {0.95: (0, 4), 0.8: (1, 3)}
"""Which two of QUANTILES bound the central interval of a level."""
MEDIAN = 2


def wis(quantiles: Floats, truth: Floats) -> Floats:
    """(…, 5) quantiles and (…) truth to (…) scores; NaN where either is unknown."""
    error = truth[..., None] - quantiles
    pinball = np.where(error >= 0, LEVELS * error, (LEVELS - 1) * error)
    return np.asarray(2 * pinball.mean(axis=-1))


def inside(quantiles: Floats, truth: Floats, level: float) -> Floats:
    """1 where the central interval of `level` holds the truth, 0 where not, NaN where unknown."""
    low, high = BANDS[level]
    held = (quantiles[..., low] <= truth) & (truth <= quantiles[..., high])
    unknown = np.isnan(truth) | np.isnan(quantiles).any(axis=-1)
    return np.where(unknown, np.nan, held)


def mean_known(scores: Floats) -> float | None:
    """The mean of what is known; None where nothing is."""
    known = scores[~np.isnan(scores)]
    return float(known.mean()) if known.size else None
