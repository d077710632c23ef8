"""Each kind of run: on which queue, under which title people see it, and what it does."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone as clock

from analytics.ml.instants import plant_day
from analytics.models import Run
from analytics.services import (
    anomalies,
    forecast_duel,
    forecast_grading,
    forecasts,
    grading,
    look_back,
    look_back_days,
    odd_shifts,
    scoring,
    training,
)
from production.selectors.calendar import plant_timezone

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is empty for what is too short to be watched."""

    queue: str
    title: str
    do: Callable[[Run, Tell], str | None]


def _train_downtime(run: Run, tell: Tell) -> str:
    training.train_downtime(as_of=run.due_at, tell=tell)
    return "/risk/"


def _score(run: Run, tell: Tell) -> None:
    scoring.score(now=max(clock.now(), run.due_at), tell=tell)


def _look_back(run: Run, tell: Tell) -> str:
    look_back.look_back(until=run.due_at, tell=tell)
    return "/risk/"


def _look_back_days(run: Run, tell: Tell) -> str:
    look_back_days.look_back_days(until=run.due_at, tell=tell)
    forecast_grading.grade_forecasts(now=clock.now())
    return "/forecast/"


def _train_lstm(run: Run, tell: Tell) -> None:
    parts = forecasts.train_lstm(as_of=run.due_at, tell=tell)
    encoded = {name: base64.b64encode(content).decode() for name, content in parts.items()}
    Run.objects.filter(pk=run.pk).update(result=encoded)


def lstm_parts(as_of: datetime) -> dict[str, bytes] | None:
    """The newest LSTM that knows nothing later than an instant, for the training of the pool: also
    for one that a person asked for in the middle of a week. None where there is none.
    """
    learned = Run.objects.filter(kind="train_lstm", due_at__lte=as_of, state=Run.State.DONE)
    run = learned.exclude(result={}).order_by("-due_at").first()
    if run is None:
        return None
    return {name: base64.b64decode(text) for name, text in run.result.items()}


def _train_forecast(run: Run, tell: Tell) -> str:
    parts = lstm_parts(run.due_at)
    forecasts.train_forecast(as_of=run.due_at, lstm_parts=parts, tell=tell)
    return "/forecast/"


def _forecast(run: Run, tell: Tell) -> str:
    origin = plant_day(run.due_at, plant_timezone())
    forecasts.issue_forecasts(origin=origin, tell=tell)
    return "/forecast/"


def _forecast_cheap(run: Run, tell: Tell) -> None:
    forecasts.publish_cheap(origin=plant_day(run.due_at, plant_timezone()))


def _train_anomaly(run: Run, tell: Tell) -> str:
    anomalies.train_anomaly(as_of=run.due_at, tell=tell)
    return "/anomalies/"


def _detect(run: Run, tell: Tell) -> None:
    anomalies.detect(until=run.due_at, tell=tell)


def _detect_shifts(run: Run, tell: Tell) -> None:
    odd_shifts.detect_shifts(until=run.due_at)


def _grade(run: Run, tell: Tell) -> None:
    now = clock.now()
    grading.grade_predictions(now=now)
    if forecast_grading.grade_forecasts(now=now):
        forecast_duel.judge_shadow()


KINDS = {
    "train_downtime": Kind("ml", "Learn the downtime of shifts", _train_downtime),
    "score": Kind("ml", "", _score),
    "train_lstm": Kind("ml_tf", "Learn daily patterns (LSTM)", _train_lstm),
    "train_forecast": Kind("ml", "Compare and combine forecasts", _train_forecast),
    "forecast": Kind("ml", "Forecast the next 30 days", _forecast),
    # Not behind a training: its members are a few lines of numpy, which any worker may run.
    "forecast_cheap": Kind("default", "", _forecast_cheap),
    "train_anomaly": Kind("ml", "Learn what is usual", _train_anomaly),
    "detect": Kind("ml", "", _detect),
    "detect_shifts": Kind("ml", "", _detect_shifts),
    "grade": Kind("ml", "", _grade),
    "look_back": Kind("ml", "Look back eight weeks", _look_back),
    # Its trainings learn the LSTM too.
    "look_back_days": Kind("ml_tf", "Forecast eight weeks that have passed", _look_back_days),
}
