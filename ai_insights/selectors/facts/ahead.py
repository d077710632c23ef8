"""What the next seven days should bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from ai_insights.grounding.fact import MINUTES, PERCENT, Fact
from ai_insights.selectors.facts.days import day_words, span_words
from ai_insights.selectors.facts.missing import missing_facts
from ai_insights.selectors.facts.results import per_cent
from ai_insights.selectors.facts.scene import Scene
from analytics.forecasting.series import PLANT
from analytics.models import Forecast
from analytics.selectors.forecast_outlook import downtime_ahead, newest_forecast
from analytics.selectors.missing_days import why_no_forecast
from analytics.selectors.outlook_shapes import Ahead

DAYS = 7
URL = f"/api/ml/forecast-advanced?days={DAYS}"
DOWNTIME_URL, DEFECTS_URL = f"{URL}&metric=downtime_min", f"{URL}&metric=defect_rate"
MEDIAN = "0.5"


def ahead_facts(scene: Scene) -> Iterator[Fact]:
    row = newest_forecast(metric="downtime_min", key=PLANT, said_by=scene.now)
    ahead = downtime_ahead(days=DAYS, said_by=scene.now) if row is not None else None
    if row is None or ahead is None:
        why = why_no_forecast(now=scene.now, key=PLANT, metric="downtime_min", row=row)
        yield from missing_facts(scene, "Downtime ahead", why, url=DOWNTIME_URL)
        return
    yield from _total(scene, ahead)
    yield from _days(scene, ahead)
    yield from _skill(scene, row)
    yield from _defect_rate(scene)


def _week(first: date) -> str:
    return span_words(first, first + timedelta(days=DAYS - 1))


def _total(scene: Scene, ahead: Ahead) -> Iterator[Fact]:
    total = ahead.total
    more = {"window": _week(ahead.origin), "url": DOWNTIME_URL}
    name = "Downtime forecast"
    yield scene.fact("forecast_total", name, total.median, MINUTES, basis="median", **more)
    for key, end, value in (
        ("forecast_low", "low", total.lo80),
        ("forecast_high", "high", total.hi80),
    ):
        label = f"{name}, {end} end of the 80 % range"
        yield scene.fact(key, label, value, MINUTES, **more)
    yield scene.fact(
        "forecast_before",
        "Downtime of the 7 days before the forecast",
        total.before,
        MINUTES,
        window=_week(ahead.origin - timedelta(days=DAYS)),
        basis="" if total.before is not None else "a day of them is unknown",
        url=DOWNTIME_URL,
    )


def _days(scene: Scene, ahead: Ahead) -> Iterator[Fact]:
    for day, median in zip(ahead.dates, ahead.quantiles[MEDIAN], strict=True):
        words = day_words(day)
        one = scene.fact(
            "forecast_day",
            "",
            median,
            MINUTES,
            window=words,
            basis="median",
            text=ahead.closed.get(day, ""),
            url=DOWNTIME_URL,
        )
        yield replace(one, label=f"Downtime forecast, {words}")


def _skill(scene: Scene, row: Forecast) -> Iterator[Fact]:
    ours, naive = row.backtest.get("wis"), row.backtest.get("wis_seasonal_naive")
    if ours is None or not naive:
        return
    yield scene.fact(
        "forecast_skill",
        "Forecast's error below that of seasonal naive",
        (1 - ours / naive) * 100,
        PERCENT,
        window="backtest",
        basis=row.reason,
        text="seasonal naive",
        url=DOWNTIME_URL,
    )


def _defect_rate(scene: Scene) -> Iterator[Fact]:
    row = newest_forecast(metric="defect_rate", key=PLANT, said_by=scene.now)
    total = row.totals.get(str(DAYS)) if row is not None else None
    if row is None or not total:
        return
    yield scene.fact(
        "forecast_defect_rate",
        "Forecast of the scrap's share of pieces",
        per_cent(total[0]),
        PERCENT,
        window=_week(row.origin),
        basis="median",
        url=DEFECTS_URL,
    )
