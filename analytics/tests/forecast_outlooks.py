"""Forecasts to draw: a plant's downtime and a defect rate, from a Thursday in November; seed 7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from analytics.selectors.outlook_shapes import (
    LEVELS,
    Ahead,
    ForecastOutlook,
    Measured,
    Member,
    Total,
    VersionFacts,
    WeekScore,
)
from analytics.tests.outlooks import ORIGIN

CLOSED = {date(2026, 11, 26): "closed"}


def _quantiles(days: int, *, closed_value: float | None = 0.0) -> dict[str, list[float | None]]:
    draw = np.random.default_rng(7)
    found: dict[str, list[float | None]] = {level: [] for level in LEVELS}
    for n in range(days):
        day = ORIGIN + timedelta(days=n)
        middle = (80.0 if day.weekday() >= 5 else 215.0) + float(draw.normal(0, 8))
        wide = middle * (0.25 + 0.005 * n)
        values = [
            middle - 1.7 * wide,
            middle - wide,
            middle,
            middle + 1.1 * wide,
            middle + 2 * wide,
        ]
        for level, value in zip(LEVELS, values, strict=True):
            found[level].append(closed_value if day in CLOSED else max(0.0, value))
    return found


def _history(days: int) -> list[Measured]:
    draw = np.random.default_rng(7)
    dates = [ORIGIN - timedelta(days=n) for n in range(days, 0, -1)]
    return [
        Measured(day, (75.0 if day.weekday() >= 5 else 212.0) + float(draw.normal(0, 18)))
        for day in dates
    ]


MEMBERS = [
    Member("Combined", None, 32.1, -0.23, 44.0, 0.81, 0.95, serves=True),
    Member("XGBoost on lags", 0.36, 33.9, -0.19, 46.3, 0.78, 0.92),
    Member("Global LSTM, quantile head", 0.27, 34.6, -0.17, 47.0, 0.77, 0.91),
    Member("ETS", 0.17, 36.4, -0.13, 49.2, 0.8, 0.94),
    Member("Window average 28", 0.12, 38.9, -0.07, 52.7, 0.82, 0.95),
    Member("Prophet", 0.08, 40.3, -0.04, 54.1, 0.75, 0.86),
    Member("Theta", None, 37.8, -0.1, 51.5, 0.79, 0.93),
    Member("Linear trend", None, 43.6, 0.04, 58.8, 0.77, 0.9),
    Member("Seasonal naive 7", None, 41.8, 0.0, 56.2, 0.79, 0.94, is_yardstick=True),
]
WEEKS = [
    WeekScore("W39", 38.0, 55.0, 6, 7, 7),
    WeekScore("W40", 44.0, 49.0, 5, 6, 7),
    WeekScore("W41", 41.0, 58.0, 6, 7, 7),
    WeekScore("W42", 52.0, 50.0, 5, 6, 7),
    WeekScore("W43", 36.0, 61.0, 7, 7, 7),
    WeekScore("W44", 47.0, 57.0, 5, 6, 7),
    WeekScore("W45", 40.0, 52.0, 6, 7, 7),
    WeekScore("W46", 43.0, 63.0, 6, 7, 7),
]


def forecast_outlook(*, days: int = 30, **changed) -> ForecastOutlook:
    usual = {
        "metric": "downtime_min",
        "unit": "min",
        "key": "*",
        "origin": ORIGIN,
        "made_at": datetime(2026, 11, 19, 12, 12, tzinfo=UTC),
        "dates": [ORIGIN + timedelta(days=n) for n in range(days)],
        "quantiles": _quantiles(days),
        "history": _history(56),
        "closed": CLOSED,
        "totals": [
            Total(7, 1284.4, 1102.0, 1512.0, 1270.0),
            Total(30, 5148.0, 4610.0, 5790.0, None),
        ],
        "members": MEMBERS,
        "origins": 5,
        "served": "model",
        "reason": "Both bands cover what they promise.",
        "trained_at": datetime(2026, 11, 19, 12, 12, tzinfo=UTC),
        "history_days": 56,
        "weeks": WEEKS,
        "version": VersionFacts(
            number=14,
            since=datetime(2026, 11, 9, 12, tzinfo=UTC),
            promoted_by="rule",
            why="3.1 % better than version 13, p 0.04, coverage in band.",
        ),
    }
    return ForecastOutlook(**(usual | changed))


def ratio_outlook() -> ForecastOutlook:
    """A defect rate: 0..1, and nothing on the closed day."""
    levels = {
        level: [None if value is None else value / 10_000 for value in values]
        for level, values in _quantiles(30, closed_value=None).items()
    }
    past = [one._replace(value=(one.value or 0) / 10_000) for one in _history(56)]
    weeks = [week._replace(mae=week.mae / 1e4, naive_mae=week.naive_mae / 1e4) for week in WEEKS]
    members = [one._replace(wis=(one.wis or 0) / 1e4, mae=(one.mae or 0) / 1e4) for one in MEMBERS]
    return forecast_outlook(
        metric="defect_rate",
        unit="%",
        quantiles=levels,
        history=past,
        weeks=weeks,
        members=members,
        totals=[],
    )


def ahead() -> Ahead:
    return Ahead(
        origin=ORIGIN,
        dates=[ORIGIN + timedelta(days=n) for n in range(7)],
        quantiles=_quantiles(7),
        history=_history(7),
        closed={},
        total=Total(7, 1284.4, 1102.0, 1512.0, 1270.0),
    )
