"""Daily series for tests: what a plant could have measured, from a seed."""

from __future__ import annotations

from datetime import date

import numpy as np

from analytics.forecasting.series import HORIZON, DailySeries

FIRST_DAY = date(2026, 1, 5)
"""A Monday."""


def daily_series(
    values, *, key="press-1", metric="downtime_min", closed=(), **bounds
) -> DailySeries:
    """A series of these values; `closed` are the weekdays (0 Monday) on which nobody works."""
    weekday = np.arange(len(values) + 2 * HORIZON) % 7
    is_open = ~np.isin(weekday, list(closed))
    held = np.where(is_open[: len(values)], np.asarray(values, float), 0.0)
    return DailySeries(
        key=key, metric=metric, first_day=FIRST_DAY, values=held, is_open=is_open, **bounds
    )


def noisy(days, *, seed=7, mean=100.0, spread=20.0, weekly=0.0):
    """Independent normal days, with a swing over the week."""
    random = np.random.default_rng(seed)
    swing = weekly * np.sin(2 * np.pi * np.arange(days) / 7)
    return np.maximum(0, mean + swing + spread * random.standard_normal(days))


def stops(days, *, seed=7, share=0.3):
    """Days without downtime, and now and then one with."""
    random = np.random.default_rng(seed)
    return np.where(random.random(days) < share, random.exponential(90.0, days), 0.0)
