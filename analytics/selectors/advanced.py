"""`/api/ml/forecast-advanced`: the stored forecast of a metric as the API shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from analytics.forecasting.series import QUANTILES
from analytics.models import Forecast
from analytics.selectors.forecast_outlook import newest_forecast
from analytics.selectors.missing_days import why_no_forecast

BACKTEST = ("wis", "wis_seasonal_naive", "coverage_80", "coverage_95", "origins")


def advanced_answer(*, metric: str, key: str, days: int, now: datetime) -> dict[str, Any]:
    """Every list has exactly `days` numbers; a member that is not there, or all where data are
    thin, is null instead.
    """
    row = newest_forecast(metric=metric, key=key)
    if row is None or row.served == "insufficient":
        return _insufficient(metric, key, days, row, now)
    version = row.version
    return {
        "status": "ok",
        "metric": metric,
        "lstm_forecast": _member(row, "lstm", days),
        "prophet_forecast": _member(row, "prophet", days),
        "ensemble_forecast": row.quantiles["0.5"][:days],
        "forecast_periods": days,
        "dates": [row.origin + timedelta(days=n) for n in range(days)],
        "quantiles": {level: values[:days] for level, values in row.quantiles.items()},
        "weights": row.weights,
        "model_info": {
            "lstm_trained": row.members.get("lstm") is not None,
            "prophet_trained": row.members.get("prophet") is not None,
            "guard": row.served,
            "reason": row.reason,
            "trained_at": version.as_of if version else None,
            "history_days": row.history_days,
        },
        "backtest": {name: row.backtest.get(name) for name in BACKTEST},
        "missing": [],
        "ready_at": None,
    }


def _member(row: Forecast, name: str, days: int) -> list[float | None] | None:
    values = row.members.get(name)
    return None if values is None else values[:days]


def _insufficient(
    metric: str, key: str, days: int, row: Forecast | None, now: datetime
) -> dict[str, Any]:
    why = why_no_forecast(now=now, metric=metric, key=key, row=row)
    return {
        "status": "insufficient",
        "metric": metric,
        "lstm_forecast": None,
        "prophet_forecast": None,
        "ensemble_forecast": None,
        "forecast_periods": days,
        "dates": None,
        "quantiles": {str(level): None for level in QUANTILES},
        "weights": {},
        "model_info": {
            "lstm_trained": False,
            "prophet_trained": False,
            "guard": "insufficient",
            "reason": " ".join(why.missing),
            "trained_at": None,
            "history_days": row.history_days if row else 0,
        },
        "backtest": dict.fromkeys(BACKTEST),
        "missing": why.missing,
        "ready_at": why.ready_at,
    }
