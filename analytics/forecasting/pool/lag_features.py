"""What the trees see of a past: one row a worked day ahead, in units of the series' own scale."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.past import Ints, Past
from analytics.forecasting.pool.scale import Scale
from analytics.forecasting.pool.weekdays import weekday_effects
from analytics.forecasting.series import Floats

LAGS = 7
WINDOWS = (3, 7, 14, 28, 56, 112)


def features(past: Past, scale: Scale) -> Floats:
    """(worked days ahead, features); NaN where the history does not reach."""
    known = past.known
    values, weekday = scale.off(past.values[known]), past.weekday[known]
    shared = np.concatenate([_lags(values), _windows(values), _zeros(values, scale), [len(values)]])
    return np.column_stack([np.tile(shared, (len(past.ahead), 1)), _by_day(past, values, weekday)])


def _lags(values: Floats) -> Floats:
    lags = np.full(LAGS, np.nan)
    newest = values[::-1][:LAGS]
    lags[: len(newest)] = newest
    return lags


def _windows(values: Floats) -> Floats:
    parts = [values[-window:] for window in WINDOWS]
    means = [part.mean() for part in parts]
    quantiles = [np.quantile(part, (0.1, 0.5, 0.9)) for part in (values[-28:], values[-112:])]
    return np.concatenate([means, *quantiles, [values[-28:].std(), values.mean(), values.max()]])


def _zeros(values: Floats, scale: Scale) -> Floats:
    """Shares of days above zero, and how long the present run of zeros or non-zeros is."""
    hit = values > scale.off(np.zeros(1))[0]
    changes = np.flatnonzero(hit[1:] != hit[:-1])
    run = len(hit) - 1 - changes[-1] if changes.size else len(hit)
    return np.array([hit[-7:].mean(), hit[-28:].mean(), hit.mean(), run, float(hit[-1])])


def _by_day(past: Past, values: Floats, weekday: Ints) -> Floats:
    """Horizon, weekday, and what the same weekday was before."""
    effects = weekday_effects(values, weekday)
    means = np.full((7, 3), np.nan)
    for day in range(7):
        same = values[weekday == day]
        if same.size:
            means[day] = same[-1], same[-4:].mean(), same[-12:].mean()
    target = past.ahead_weekday
    return np.column_stack([past.ahead, target, effects[target], means[target]])
