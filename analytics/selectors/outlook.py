"""What the pages of prediction ask for. Until models are stored, the honest answer is none yet."""

from __future__ import annotations

from datetime import datetime

from analytics.selectors.outlook_shapes import (
    AnomalyList,
    ForecastOutlook,
    Insufficient,
    RiskOutlook,
    Version,
)

NOT_TRAINED = "No model is trained yet: have 0, need 1."


def risk_outlook(now: datetime) -> RiskOutlook | Insufficient:
    """The next shift's downtime of every machine as scored last before `now`."""
    return Insufficient(missing=[NOT_TRAINED])


def forecast_outlook(
    *, metric: str, machine_id: str | None, days: int, now: datetime
) -> ForecastOutlook | Insufficient:
    """The daily forecast of a metric of a machine, or of the plant where `machine_id` is None."""
    return Insufficient(missing=[NOT_TRAINED])


def anomaly_list(
    *, days: int, machine_id: str | None, status: str | None, now: datetime
) -> AnomalyList | Insufficient:
    """The anomalies of a window, newest first."""
    return Insufficient(missing=[NOT_TRAINED])


def model_versions(task: str) -> list[Version]:
    """The stored versions of downtime, forecast or anomaly, newest first."""
    return []
