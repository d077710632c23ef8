"""What the pages of prediction ask for, from stored rows."""

from __future__ import annotations

from analytics.selectors.anomalies import anomaly_list
from analytics.selectors.forecast_outlook import forecast_outlook
from analytics.selectors.risk_outlook import risk_outlook
from analytics.selectors.versions import model_versions

__all__ = ["anomaly_list", "forecast_outlook", "model_versions", "risk_outlook"]
