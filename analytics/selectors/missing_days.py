"""Why there is no daily forecast: days of history there are and are needed, or a model to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.forecasting.ladder import LEAST_DAYS
from analytics.forecasting.series import PLANT
from analytics.ml.instants import midnight, plant_day
from analytics.models import Forecast, ModelVersion, Run
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.shift_history import predicted_machines
from production.models import ProductionRecord
from production.selectors.calendar import plant_timezone


def why_no_forecast(*, now: datetime, key: str, row: Forecast | None) -> Insufficient:
    """The sentences of a machine or plant; `row` is the forecast that could not be made, if any."""
    have = _days(key)
    if have < LEAST_DAYS:
        timezone = plant_timezone()
        day = plant_day(now, timezone) + timedelta(days=LEAST_DAYS - have)
        sentence = f"Days with records: have {have}, need {LEAST_DAYS}."
        return Insufficient(missing=[sentence], ready_at=midnight(day, timezone))
    if row is not None:
        return Insufficient(missing=row.backtest.get("missing") or [row.reason])
    return Insufficient(missing=[_not_trained()])


def _days(key: str) -> int:
    records = ProductionRecord.objects.filter(effective=True, machine__in=predicted_machines())
    if key != PLANT:
        records = records.filter(machine__machine_id=key)
    return records.order_by().values("production_date").distinct().count()


def _not_trained() -> str:
    if ModelVersion.objects.filter(task=ModelVersion.Task.FORECAST).exists():
        return "The models are trained and the first forecast is being made: have 0, need 1."
    run = Run.objects.filter(kind__in=("train_lstm", "train_forecast")).order_by("-pk").first()
    if run is not None and run.state == Run.State.FAILED:
        return (
            f"Training failed: {run.detail.get('message', 'see the log.')} Have 0 models, need 1."
        )
    step = run.job.step if run is not None and run.job and run.job.step else "it begins soon"
    return f"No model is trained yet ({step}): have 0 models, need 1."
