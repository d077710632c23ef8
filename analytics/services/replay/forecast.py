"""Replay of daily forecasts: 30 rows a series and origin, as of 00:00 of the origin day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from amis.errors import InsufficientData, Invalid
from analytics.forecasting.artefact import load
from analytics.forecasting.backtest import silent
from analytics.forecasting.daily_forecast import DailyForecast
from analytics.forecasting.forecast import forecast
from analytics.forecasting.lstm import train_lstm
from analytics.forecasting.model import ForecastModel
from analytics.forecasting.pool.roster import installed
from analytics.forecasting.series import HORIZON, DailySeries
from analytics.forecasting.train import train
from analytics.ml.instants import midnight, plant_day, training_instant
from analytics.selectors.metrics import metrics_of_plant
from analytics.services.forecasts import TASK, series_until
from analytics.services.models_in_force import loaded
from analytics.services.registry import code_hash, hash_of, in_force
from analytics.services.replay.parts import ReplayFile
from analytics.services.replay.span import Cadence, Span
from production.selectors.calendar import plant_timezone

HEADER = (
    "as_of", "machine_id", "metric", "date", "horizon", "median", "mean", "lo80", "hi80", "lo95",
    "hi95", "served", "model_version",
)  # fmt: skip
BANDS = (0.1, 0.9, 0.025, 0.975)

Tell = Callable[[float, str], None]


def replay_forecasts(*, span: Span, cadence: Cadence, out: Path, now: datetime, tell: Tell) -> int:
    """Write the file; how many rows it has. Raises Invalid for a metric that the plant has not."""
    metrics = metrics_of_plant()
    if span.metric is not None and span.metric not in metrics:
        raise Invalid(f"--metric: must be one of {', '.join(metrics)}.")
    timezone = plant_timezone()
    origins = list(_origins(span, cadence, timezone))
    answers = Answers(cadence, timezone)
    with ReplayFile(out, header=HEADER, question=_question(span, cadence, now)) as file:
        for n, origin in enumerate(origins):
            tell(100 * n / len(origins), f"forecast from {origin}")
            file.part(f"{n:05d}", lambda o=origin: _part(answers, o, span))
        return file.finish(f"{n:05d}" for n in range(len(origins)))


def _origins(span: Span, cadence: Cadence, timezone: str) -> Iterator[date]:
    """Plant days that begin inside the span, every so many days."""
    day = plant_day(span.start, timezone)
    if midnight(day, timezone) < span.start:
        day += timedelta(days=1)
    while midnight(day, timezone) < span.end:
        yield day
        day += timedelta(days=cadence.every_days)


class Answers:
    """The model that answers for an origin: stored where one served, else trained as of then."""

    def __init__(self, cadence: Cadence, timezone: str) -> None:
        self._cadence, self._timezone = cadence, timezone
        self._trained: tuple[date, ForecastModel] | None = None

    def at(self, origin: date, tell: Tell = silent) -> tuple[ForecastModel, str]:
        """The model and its name; `tell` is that of its training and may raise to end it."""
        as_of = midnight(origin, self._timezone)
        served = in_force(TASK, as_of) if self._cadence.is_usual else None
        if served is not None:
            return loaded(served, load), str(served.number)
        days = self._cadence.retrain_days
        week = training_instant(as_of, every_days=days, timezone=self._timezone)
        model = self._train(plant_day(week, self._timezone), tell)
        if not model.series:
            week, model = as_of, self._train(origin, tell)
        return model, f"trained {week:%Y-%m-%dT%H:%MZ}"

    def _train(self, day: date, tell: Tell) -> ForecastModel:
        if self._trained is None or self._trained[0] != day:
            series = series_until(day)
            lstm = None
            if "lstm" in installed():
                lstm = train_lstm(series, as_of=day, tell=lambda part, step: tell(part / 2, step))
            model = train(
                series, as_of=day, lstm=lstm, tell=lambda part, step: tell(50 + part / 2, step)
            )
            self._trained = day, model
        return self._trained[1]


def _part(answers: Answers, origin: date, span: Span) -> list[list[Any]]:
    try:
        series = _asked(series_until(origin), span)
        model, version = answers.at(origin)
    except InsufficientData:
        return []
    rows: list[list[Any]] = []
    for one in forecast(model, series, origin=origin):
        rows += _rows(one, version)
    return rows


def _asked(series: Sequence[DailySeries], span: Span) -> list[DailySeries]:
    chosen = [one for one in series if span.machine_id in (None, one.key)]
    return [one for one in chosen if span.metric in (None, one.metric)]


def _rows(one: DailyForecast, version: str) -> Iterator[list[Any]]:
    as_of = midnight(one.origin, plant_timezone())
    is_thin = one.served == "insufficient"
    for n in range(HORIZON):
        numbers: list[Any] = [None] * 6
        if not is_thin:
            numbers = [one.quantiles[0.5][n], one.mean[n], *(one.quantiles[b][n] for b in BANDS)]
        day = one.origin + timedelta(days=n)
        told = None if is_thin else version
        yield [as_of, one.key, one.metric, day, n + 1, *numbers, one.served, told]


def _question(span: Span, cadence: Cadence, now: datetime) -> dict[str, Any]:
    timezone = plant_timezone()
    known = series_until(plant_day(min(now, span.end), timezone))
    return {
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "machine": span.machine_id,
        "metric": span.metric,
        "retrain_days": cadence.retrain_days,
        "every_days": cadence.every_days,
        "members": sorted(installed()),
        "code": code_hash(TASK),
        "data": hash_of(*(one.values for one in known)),
    }
