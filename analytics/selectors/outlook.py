"""What the pages of prediction ask for, from stored rows."""

from __future__ import annotations

from analytics.selectors.anomalies import anomaly_list
from analytics.selectors.forecast_outlook import downtime_ahead, forecast_outlook
from analytics.selectors.risk_outlook import risk_outlook
from analytics.selectors.versions import model_versions

__all__ = [
    "anomaly_list",
    "downtime_ahead",
    "forecast_outlook",
    "model_versions",
    "risk_outlook",
]
