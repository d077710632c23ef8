"""How much each weekday differs from the mean of a series: additive, shrunk towards none.

The effect of a weekday is its mean less the overall mean, times n / (n + k), k the ratio of the
variance within weekdays to that between them (the empirical Bayes estimate of a random effect:
Efron and Morris, Data analysis using Stein's estimator, JASA 70, 1975). Where weekdays do not
differ beyond chance, the effects are 0.
"""

from __future__ import annotations

import numpy as np

from analytics.forecasting.past import Ints, Past
from analytics.forecasting.series import Floats

RECENT = 112
"""Worked days that count: older weeks may have had other shifts."""


def weekday_effects(values: Floats, weekday: Ints) -> Floats:
    """(7,) effects in the metric's unit from known values; 0 for a weekday that never was."""
    values, weekday = values[-RECENT:], weekday[-RECENT:]
    counts = np.bincount(weekday, minlength=7).astype(float)
    seen = counts > 0
    if seen.sum() < 2 or len(values) < 2 * seen.sum():
        return np.zeros(7)
    means = np.bincount(weekday, values, minlength=7) / np.maximum(counts, 1)
    within = ((values - means[weekday]) ** 2).sum() / max(1.0, len(values) - seen.sum())
    effects = np.where(seen, means - means[seen].mean(), 0.0)
    between = (effects[seen] ** 2).sum() / (seen.sum() - 1) - within * (1 / counts[seen]).mean()
    if between <= 0:
        return np.zeros(7)
    return np.asarray(effects * counts / (counts + within / between))


def effects_of(past: Past) -> Floats:
    """The weekday effects of what is known."""
    return weekday_effects(past.values[past.known], past.weekday[past.known])
