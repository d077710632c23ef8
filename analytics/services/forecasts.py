"""Daily forecasts: train the pool, forecast each plant day, join what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone as clock

from amis.errors import InsufficientData
from analytics.forecasting.artefact import dump, load
from analytics.forecasting.daily_forecast import DailyForecast
from analytics.forecasting.forecast import forecast
from analytics.forecasting.ladder import LEAST_DAYS
from analytics.forecasting.lstm import dump_lstm, load_lstm
from analytics.forecasting.lstm import train_lstm as learn_lstm
from analytics.forecasting.pool.roster import NAIVE, installed
from analytics.forecasting.series import DailySeries
from analytics.forecasting.train import train
from analytics.ml.instants import midnight, plant_day
from analytics.models import Forecast, ModelVersion
from analytics.selectors.answers import answers_changed
from analytics.selectors.metrics import plant_series
from analytics.services.forecast_duel import admit, facts_of
from analytics.services.models_in_force import loaded
from analytics.services.registry import challenger, champion, hash_of, in_force, keep_version
from production.selectors.calendar import plant_timezone

TASK = ModelVersion.Task.FORECAST
MOST_DAYS = 800
CHEAP = frozenset({NAIVE, "window_average", "linear_trend"})
CHEAP_REASON = "Made at 07:45 by the quick members, because the others were not done in time."

Tell = Callable[[float, str], None]


def series_until(origin: date) -> list[DailySeries]:
    """The plant's series up to an origin day. Raises InsufficientData without a record."""
    found = plant_series(last=origin, most_days=MOST_DAYS)
    if not found:
        raise InsufficientData(
            "There is no shift record yet.",
            missing=[f"A forecast needs {LEAST_DAYS} days of records: have 0, need {LEAST_DAYS}."],
        )
    return found


def train_lstm(*, as_of: datetime, tell: Tell) -> dict[str, bytes]:
    """The global LSTM as files, none where there is too little to learn from; runs where TensorFlow
    may be imported.
    """
    origin = plant_day(as_of, plant_timezone())
    weights = learn_lstm(series_until(origin), as_of=origin, tell=tell)
    return dump_lstm(weights) if weights else {}


def train_forecast(
    *, as_of: datetime, lstm_parts: dict[str, bytes] | None, tell: Tell
) -> ModelVersion:
    """Train on what was known at `as_of`; only a first version serves at once.

    Raises InsufficientData where no series is long enough.
    """
    timezone = plant_timezone()
    origin = plant_day(as_of, timezone)
    series = series_until(origin)
    lstm = load_lstm(lstm_parts) if lstm_parts else None
    model = train(series, as_of=origin, lstm=lstm, tell=tell)
    if not model.series:
        raise InsufficientData(
            "The history is too short for a forecast.",
            missing=[f"A forecast needs {LEAST_DAYS} days of history of a machine or the plant."],
        )
    version = keep_version(
        task=TASK,
        as_of=as_of,
        data_hash=hash_of(*(one.before(origin).values for one in series), sorted(lstm_parts or {})),
        parts=dump(model) | (lstm_parts or {}),
        facts={
            "data_from": midnight(series[0].first_day, timezone),
            "data_to": as_of,
            "rows": int(sum(np.isfinite(one.before(origin).values).sum() for one in series)),
            **facts_of(model),
        },
    )
    admit(version)
    return version


def issue_forecasts(*, origin: date, tell: Tell) -> int:
    """Forecast from an origin day with the version that served when it began, and the challenger
    beside it; how many rows were stored.
    """
    stored, timezone = 0, plant_timezone()
    serving = in_force(TASK, midnight(origin, timezone)) or champion(TASK)
    versions = dict.fromkeys(filter(None, (serving, challenger(TASK))))
    series = series_until(origin)
    for version in (v for v in versions if plant_day(v.as_of, timezone) <= origin):
        tell(20, f"{len(series)} series by version {version.number}")
        said = forecast(loaded(version, load), series, origin=origin)
        stored += _store(said, series, version, is_shadow=version != serving)
    return stored


def publish_cheap(*, origin: date) -> int:
    """Forecasts by the cheap members, because the morning's deadline came before the others were
    done; said so in each.
    """
    series = series_until(origin)
    serving = champion(TASK)
    if serving is None:
        return 0
    model = loaded(serving, load)
    cheap = replace(model, members=tuple(name for name in model.members if name in CHEAP))
    said = [
        replace(one, reason=f"{CHEAP_REASON} {one.reason}".strip())
        for one in forecast(cheap, series, origin=origin)
    ]
    return _store(said, series, serving, is_cheap=True)


@transaction.atomic
def _store(
    said: Sequence[DailyForecast],
    series: Sequence[DailySeries],
    version: ModelVersion,
    **flags: bool,
) -> int:
    issued = clock.now()
    rows = [
        Forecast(version=version, issued_at=issued, **flags, **columns(one, plan))
        for one, plan in zip(said, series, strict=True)
    ]
    before = Forecast.objects.count()
    Forecast.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)
    answers_changed()
    return Forecast.objects.count() - before


def columns(one: DailyForecast, series: DailySeries) -> dict[str, Any]:
    """A forecast of the maths as the columns of its row."""
    plain = one.as_json()
    names = ("key", "metric", "served", "quantiles", "mean", "members", "weights", "totals",
             "history_days")  # fmt: skip
    return {
        **{name: plain[name] for name in names},
        "origin": one.origin,
        "as_of": midnight(one.origin, plant_timezone()),
        "reason": f"{one.reason} {_absent(one)}".strip(),
        "is_open": series.plan_from(one.origin).tolist(),
        "naive": plain["members"].get(NAIVE) or [],
        "backtest": {**one.backtest, "missing": plain["missing"]},
    }


def _absent(one: DailyForecast) -> str:
    """Which members take no part, and why."""
    if one.served == "insufficient":
        return ""
    absent = [name for name, line in one.members.items() if line is None]
    missing = [name for name in absent if name not in installed()]
    untrained = [name for name in absent if name in installed()]
    words = [f"Not installed: {', '.join(missing)}."] if missing else []
    words += [f"Not trained on a history this short: {', '.join(untrained)}."] if untrained else []
    return " ".join(words)
