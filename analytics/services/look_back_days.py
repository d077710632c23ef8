"""The eight weeks before a first forecast, forecast from each Monday and marked as a replay.

Weeks are answered by models that knew nothing of them, trained every four weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.utils import timezone as clock

from amis.errors import InsufficientData
from analytics.forecasting.forecast import forecast
from analytics.ml.instants import FIRST_MONDAY, plant_day
from analytics.models import Forecast
from analytics.models.prediction import Origin
from analytics.selectors.answers import answers_changed
from analytics.services.forecasts import columns, series_until
from analytics.services.replay.forecast import Answers
from analytics.services.replay.span import Cadence
from production.selectors.calendar import plant_timezone

WEEKS, RETRAIN_DAYS = 8, 28

Tell = Callable[[float, str], None]


def look_back_days(*, until: datetime, tell: Tell) -> int:
    """Forecast from the eight Mondays before an instant; how many rows were stored."""
    timezone = plant_timezone()
    answers = Answers(Cadence(retrain_days=RETRAIN_DAYS), timezone)
    stored = 0
    for n, origin in enumerate(_mondays(plant_day(until, timezone))):
        week = _part_of(tell, n, f"the week of {origin}")
        week(0, "reading the history")
        with suppress(InsufficientData):
            stored += _forecast_from(origin, answers, week)
    answers_changed()
    return stored


def _mondays(day: date) -> list[date]:
    newest = day - timedelta(days=(day - FIRST_MONDAY).days % 7)
    return [newest - timedelta(weeks=n) for n in range(WEEKS, 0, -1)]


def _part_of(tell: Tell, n: int, name: str) -> Tell:
    """Progress within a week as progress of the whole."""
    return lambda percent, step: tell((100 * n + percent) / WEEKS, f"{name}: {step}")


def _forecast_from(origin: date, answers: Answers, tell: Tell) -> int:
    series = series_until(origin)
    model, _ = answers.at(origin, tell)
    rows = [
        Forecast(version=None, made_by=Origin.REPLAY, issued_at=clock.now(), **columns(one, plan))
        for one, plan in zip(forecast(model, series, origin=origin), series, strict=True)
        if one.served != "insufficient"
    ]
    return len(Forecast.objects.bulk_create(rows, ignore_conflicts=True))
