"""What can be forecast in a plant: the four metrics of its records, and signals that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from analytics.forecasting.series import DailySeries
from analytics.selectors.daily_series import METRICS, daily_series, first_record_day
from analytics.selectors.shift_history import predicted_machines
from analytics.selectors.signal_series import first_sample_day, forecast_signals, signal_series
from production.selectors.calendar import plant_timezone


def metrics_of_plant() -> tuple[str, ...]:
    """Their names, downtime first."""
    return (*METRICS, *dict.fromkeys(signal.name for signal in forecast_signals()))


def metric_unit(metric: str) -> str | None:
    """The unit of a signal's metric; None for one of records."""
    return next((signal.unit for signal in forecast_signals() if signal.name == metric), None)


def plant_series(*, last: date, most_days: int) -> list[DailySeries]:
    """Every series of the plant up to `last`, not included; empty where nothing was recorded."""
    timezone, earliest = plant_timezone(), last - timedelta(days=most_days)
    found: list[DailySeries] = []
    machines = predicted_machines()
    first = first_record_day(machines)
    if first is not None and first < last:
        span = {"first": max(first, earliest), "last": last}
        found += daily_series(machines=machines, timezone=timezone, **span)
    first = first_sample_day(timezone)
    if first is not None and first < last:
        found += signal_series(first=max(first, earliest), last=last, timezone=timezone)
    return found


def one_series(key: str, metric: str, *, first: date, last: date) -> DailySeries | None:
    """One metric of a machine or the plant; None where there is none."""
    days = (last - first).days
    series: Sequence[DailySeries] = plant_series(last=last, most_days=days)
    return next((one for one in series if (one.key, one.metric) == (key, metric)), None)
