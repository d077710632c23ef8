"""A plant with a model, the next shift said of each machine, and forecasts of its downtime."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analytics.models import Forecast, ModelVersion, Prediction, Promotion
from analytics.selectors.outlook_shapes import MachineRisk
from analytics.tests import forecast_outlooks, outlooks
from production.models import Machine

FIELDS = (
    "median_min", "expected_min", "usual_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30",
    "confidence", "risk", "down_now", "served", "planned_min",
)  # fmt: skip

BRANCH = {
    "serves": "model",
    "reason": "The model serves.",
    "skill": 0.36,
    "weights": {"xgb_absolute": 1.0},
    "importance": {"down_now": 0.6, "stops_7_d": 0.4},
}


def store_version(task: str, now: datetime) -> ModelVersion:
    version = ModelVersion.objects.create(
        task=task, number=14, status="champion", as_of=now, code_hash="c", data_hash="d",
        data_from=now - timedelta(days=90), data_to=now, weights={"xgb_absolute": 1.0},
        metrics={"best_naive": "last_value"}, skill_vs_naive=0.36, guard_reason="The model serves.",
        evidence={"branches": dict.fromkeys(("start", "ahead"), BRANCH)},
    )  # fmt: skip
    Promotion.objects.create(version=version, at=now, by="AMIS", why="The first.")
    return version


def store_risks(machines: list[Machine], said: list[MachineRisk], *, now: datetime) -> None:
    """A prediction of the shift that begins in two hours for each machine, and the plant's own."""
    version = store_version("downtime", now)
    for machine, one in [*zip(machines, said, strict=True), (None, said[0])]:
        Prediction.objects.create(
            machine=machine, version=version, production_date=now.date(), shift="Late",
            shift_start=now + timedelta(hours=2), shift_end=now + timedelta(hours=10), as_of=now,
            issued_at=now, factors=[list(factor) for factor in one.factors],
            **{name: getattr(one, name) for name in FIELDS},
        )  # fmt: skip


def store_forecast(now: datetime, origin: date, *, metric: str = "downtime_min") -> Forecast:
    """The plant's 30 days from the origin on."""
    found = forecast_outlooks.forecast_outlook()
    score = {"wis": 41.8, "mae": 56.2, "coverage_80": 0.79, "coverage_95": 0.94}
    return Forecast.objects.create(
        key="*", metric=metric, origin=origin, version=store_version("forecast", now), as_of=now,
        issued_at=now, served="model", reason="It beats seasonal naive.", mean=[0.0] * 30,
        quantiles=dict(found.quantiles), weights={"xgb": 1.0}, is_open=[True] * 30,
        totals={"7": [1284.4, 1102.0, 1512.0, 1000.0, 1600.0], "30": [5148.0] * 5},
        backtest={**score, "wis": 32.1, "wis_seasonal_naive": 41.8, "origins": 5,
                  "members": {"xgb": score | {"wis": 33.9}, "seasonal_naive": score}},
        history_days=56,
    )  # fmt: skip


RISKS = [outlooks.machine_risk("M001"), outlooks.FILLER, outlooks.PACKER]
