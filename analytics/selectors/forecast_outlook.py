"""`/forecast/`: one metric of a machine or the plant for the days to come, and how good we were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone as clock

from analytics.forecasting.series import PLANT
from analytics.models import Forecast
from analytics.selectors.answers import kept
from analytics.selectors.metrics import metric_unit, one_series
from analytics.selectors.missing_days import why_no_forecast
from analytics.selectors.outlook_shapes import (
    Ahead,
    ForecastOutlook,
    Insufficient,
    Measured,
    Member,
    Total,
)
from analytics.selectors.versions import facts_of
from analytics.selectors.weeks import weeks_of
from analytics.selectors.whole_days import known_until
from production.models import PlantClosure

UNITS = {"downtime_min": "min", "units_produced": "pieces", "defect_rate": "%", "oee": "%"}
SHOWN_BEFORE = 28
YARDSTICK = "seasonal_naive"


def newest_forecast(*, metric: str, key: str, said_by: datetime | None = None) -> Forecast | None:
    """The forecast that serves: of the newest origin, the full one before the cheap one. With
    `said_by` the one that served then.
    """
    rows: QuerySet[Forecast] = Forecast.objects.filter(
        metric=metric, key=key, is_shadow=False, made_by="live"
    )
    if said_by is not None:
        rows = rows.filter(issued_at__lte=said_by)
    order = ("-origin", "is_cheap", "-issued_at")
    return rows.select_related("version").order_by(*order).first()


def forecast_outlook(
    *,
    metric: str,
    machine_id: str | None,
    days: int,
    now: datetime,
    said_by: datetime | None = None,
) -> ForecastOutlook | Insufficient:
    """The daily forecast of a metric of a machine, or of the plant where `machine_id` is None; with
    `said_by` the one that served then.
    """
    key = machine_id or PLANT
    row = newest_forecast(metric=metric, key=key, said_by=said_by)
    if row is None or row.served == "insufficient":
        return why_no_forecast(now=now, metric=metric, key=key, row=row)
    return _outlook(row, days, said_by)


def downtime_ahead(*, days: int = 7, said_by: datetime | None = None) -> Ahead | None:
    """The plant's downtime of the last and the next days, for the overview; kept till the next.
    With `said_by` as it was said then.
    """
    if said_by is not None:
        return _ahead(days, said_by)
    (ahead,) = kept(f"ahead:{days}", lambda: (_ahead(days),))
    return ahead


def _ahead(days: int, said_by: datetime | None = None) -> Ahead | None:
    row = newest_forecast(metric="downtime_min", key=PLANT, said_by=said_by)
    if row is None or row.served == "insufficient":
        return None
    history = _history(row, said_by)
    known = {day.day: day.value for day in history}
    return Ahead(
        origin=row.origin,
        dates=[row.origin + timedelta(days=n) for n in range(days)],
        quantiles={level: values[:days] for level, values in row.quantiles.items()},
        history=history[-days:],
        closed=_closed(row, days),
        total=_total(row, days, row.totals[str(days)], known),
    )


def _outlook(row: Forecast, days: int, said_by: datetime | None) -> ForecastOutlook:
    version = row.version
    history = _history(row, said_by)
    known = {day.day: day.value for day in history}
    return ForecastOutlook(
        metric=row.metric,
        unit=UNITS.get(row.metric) or metric_unit(row.metric) or "",
        key=row.key,
        origin=row.origin,
        made_at=row.issued_at,
        dates=[row.origin + timedelta(days=n) for n in range(days)],
        quantiles={level: values[:days] for level, values in row.quantiles.items()},
        history=history[-SHOWN_BEFORE:],
        closed=_closed(row, days),
        totals=[_total(row, int(n), total, known) for n, total in row.totals.items()],
        members=members_of(row),
        origins=int(row.backtest.get("origins", 0)),
        served=row.served,
        reason=row.reason,
        trained_at=version.as_of if version else None,
        history_days=row.history_days,
        weeks=weeks_of(row.metric, row.key),
        version=facts_of(version) if version else None,
    )


def _history(row: Forecast, said_by: datetime | None = None) -> list[Measured]:
    """The days before the origin as they are known now, but as whole days only: at night yesterday
    goes on, and its figure is unknown.
    """

    def make() -> list[Measured]:
        first = row.origin - timedelta(days=SHOWN_BEFORE + 7)
        one = one_series(row.key, row.metric, first=first, last=row.origin)
        if one is None:
            return []
        whole = (known_until(said_by or clock.now()) - one.first_day).days
        one.values[max(whole, 0) :] = np.nan
        days = zip(one.values.tolist(), one.is_open.tolist(), strict=False)
        return [
            Measured(
                one.first_day + timedelta(days=n), float(v) if np.isfinite(v) else None, is_open
            )
            for n, (v, is_open) in enumerate(days)
        ]

    return kept(f"history:{row.pk}", make) if said_by is None else make()


def _closed(row: Forecast, days: int) -> Mapping[date, str]:
    """The days to come without a shift, and what a person called them."""
    end = row.origin + timedelta(days=days)
    named = dict(
        PlantClosure.objects.filter(day__gte=row.origin, day__lt=end).values_list("day", "name")
    )
    shut = [row.origin + timedelta(days=n) for n, is_open in enumerate(row.is_open) if not is_open]
    return {day: named.get(day, "") or "closed" for day in shut if day < end}


def _total(
    row: Forecast, days: int, total: list[float], known: Mapping[date, float | None]
) -> Total:
    median, lo80, hi80, *_ = total
    before = [known.get(row.origin - timedelta(days=n)) for n in range(1, days + 1)]
    is_known = all(value is not None for value in before)
    summed = sum(value for value in before if value is not None)
    if row.metric not in ("downtime_min", "units_produced"):
        summed /= days
    return Total(days, median, lo80, hi80, summed if is_known else None)


def members_of(row: Forecast) -> list[Member]:
    """The combination at the top, then the pool by WIS, the yardstick last."""
    backtest: dict[str, Any] = row.backtest
    naive = backtest.get("wis_seasonal_naive")
    rows = [
        _member(name, scores, row.weights.get(name), naive, serves=row.served == name)
        for name, scores in backtest.get("members", {}).items()
    ]
    rows.sort(key=lambda one: (one.is_yardstick, one.wis is None, one.wis or 0.0))
    if "wis" not in backtest:
        return rows
    ours = _member("combined", backtest, None, naive, serves=row.served == "model")
    return [ours, *rows]


def _member(
    name: str, scores: Mapping[str, Any], weight: float | None, naive: float | None, *, serves: bool
) -> Member:
    wis = scores.get("wis")
    return Member(
        name=name,
        weight=weight or None,
        wis=wis,
        against_naive=wis / naive - 1 if wis is not None and naive else None,
        mae=scores.get("mae"),
        in_80=scores.get("coverage_80"),
        in_95=scores.get("coverage_95"),
        serves=serves,
        is_yardstick=name == YARDSTICK,
    )
