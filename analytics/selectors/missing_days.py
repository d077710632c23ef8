"""Why there is no daily forecast: days of history there are and are needed, or a model to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from analytics.forecasting.ladder import LEAST_DAYS
from analytics.forecasting.series import PLANT
from analytics.ml.instants import midnight, plant_day
from analytics.models import Forecast, ModelVersion
from analytics.selectors.daily_series import METRICS
from analytics.selectors.missing import no_pattern
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.shift_history import predicted_machines
from analytics.selectors.signal_series import first_sample_day, forecast_signals
from analytics.selectors.untrained import untrained
from production.models import ProductionRecord
from production.selectors.calendar import plant_timezone

# How many of a number of days have a sample, counted until there are enough: an index is probed.
SAMPLED_DAYS = """
SELECT count(*) FROM (
  SELECT 1 FROM generate_series(0, %s) AS day(n) WHERE EXISTS (
    SELECT 1 FROM production_sample WHERE signal_id = ANY(%s)
      AND source_timestamp >= %s + day.n * interval '1 day'
      AND source_timestamp < %s + (day.n + 1) * interval '1 day')
  LIMIT %s) AS found"""


def why_no_forecast(*, now: datetime, metric: str, key: str, row: Forecast | None) -> Insufficient:
    """The sentences of a machine or plant; `row` is the forecast that could not be made, if any."""
    is_signal = metric not in METRICS
    if not is_signal and not _planned(key):
        return Insufficient(missing=[no_pattern(None if key == PLANT else key)])
    have = _sampled_days(metric, key, now) if is_signal else _recorded_days(key)
    if have < LEAST_DAYS:
        timezone = plant_timezone()
        day = plant_day(now, timezone) + timedelta(days=LEAST_DAYS - have)
        what = f"Days with samples of {metric}" if is_signal else "Days with records"
        sentence = f"{what}: have {have}, need {LEAST_DAYS}."
        return Insufficient(missing=[sentence], ready_at=midnight(day, timezone))
    if row is not None:
        return Insufficient(missing=row.backtest.get("missing") or [row.reason])
    return untrained(ModelVersion.Task.FORECAST, ["train_lstm", "train_forecast"])


def _planned(key: str) -> bool:
    return any(key in (PLANT, machine.machine_id) for machine in predicted_machines())


def _recorded_days(key: str) -> int:
    records = ProductionRecord.objects.filter(effective=True, machine__in=predicted_machines())
    if key != PLANT:
        records = records.filter(machine__machine_id=key)
    return records.order_by().values("production_date").distinct().count()


def _sampled_days(metric: str, key: str, now: datetime) -> int:
    signals = [one for one in forecast_signals() if one.name == metric]
    ids = [one.pk for one in signals if key in (PLANT, one.machine.machine_id)]
    timezone = plant_timezone()
    first = first_sample_day(timezone)
    if first is None:
        return 0
    days, start = (plant_day(now, timezone) - first).days, midnight(first, timezone)
    with connection.cursor() as cursor:
        cursor.execute(SAMPLED_DAYS, [days, ids, start, start, LEAST_DAYS])
        found: int = cursor.fetchone()[0]
    return found
