"""What models and features are called where people read them."""

from __future__ import annotations

NAMES = {
    "combined": "Combined",
    "seasonal_naive": "Seasonal naive 7",
    "window_average": "Window average 28",
    "linear_trend": "Linear trend",
    "long_average": "Long average",
    "mean_reversion": "Mean reversion",
    "rolling_mean_9": "mean of the last 9 shifts",
    "rolling_mean_63": "mean of the last 63 shifts",
    "hurdle": "hurdle model",
    "ridge": "ridge regression",
    "rolling_median_63": "median of the last 63 shifts",
    "ets": "ETS",
    "theta": "Theta",
    "tsb": "Croston, TSB",
    "prophet": "Prophet",
    "lstm": "Global LSTM, quantile head",
    "xgb": "XGBoost on lags",
    "xgb_absolute": "XGBoost absolute error",
    "xgb_tweedie": "XGBoost Tweedie",
    "xgb_standing": "XGBoost from the standing state",
}


def spoken(name: str) -> str:
    """A stored name in words: last_value → last value."""
    return NAMES.get(name) or name.replace("_", " ")
