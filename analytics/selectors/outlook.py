"""What the pages of prediction ask for, from stored rows."""

from __future__ import annotations

from datetime import datetime

from analytics.forecasting.series import PLANT
from analytics.selectors.anomalies import anomaly_list
from analytics.selectors.forecast_outlook import downtime_ahead, forecast_outlook
from analytics.selectors.metrics import metrics_of_plant
from analytics.selectors.missing import why_no_anomalies, why_no_risk
from analytics.selectors.missing_days import why_no_forecast
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.risk_outlook import risk_outlook
from analytics.selectors.versions import model_versions

__all__ = [
    "anomaly_list",
    "downtime_ahead",
    "forecast_outlook",
    "model_versions",
    "risk_outlook",
    "why_untrained",
]


def why_untrained(task: str, now: datetime) -> Insufficient:
    """Why a task has no version: downtime, forecast (of the plant's first metric) or anomaly."""
    if task == "downtime":
        return why_no_risk(now)
    if task == "anomaly":
        return why_no_anomalies(now)
    return why_no_forecast(now=now, metric=metrics_of_plant()[0], key=PLANT, row=None)
