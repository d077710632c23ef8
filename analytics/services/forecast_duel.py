"""Whether a forecast's challenger serves: by what both said of the same days, and what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from analytics.forecasting.model import ForecastModel
from analytics.forecasting.pool.roster import NAIVE
from analytics.forecasting.series import QUANTILES, Floats
from analytics.forecasting.wis import inside, wis
from analytics.ml.challenge import Verdict, compare
from analytics.models import Forecast, ModelVersion
from analytics.services.registry import BY_RULE, challenger, champion, promote, refuse
from production.shopfloor.record import us

TASK = ModelVersion.Task.FORECAST
LEAST_DAYS = 14
"""Days of a series that both forecast and whose truth is known, before anything is compared."""
DAY_US = 86_400_000_000


def admit(version: ModelVersion) -> None:
    """The first version serves; a later one forecasts beside the one that serves, as its shadow."""
    serving = champion(TASK)
    if serving is None:
        promote(version, by=BY_RULE, why="The first model of this plant.", verdict={})
    elif serving.pk != version.pk:
        refuse(version, verdict={"reason": "Forecasts beside the version that serves."})


def judge_shadow() -> Verdict | None:
    """Compare the challenger's forecasts with the serving version's, and promote it if it is
    better; None where there is nothing to compare yet.
    """
    serving, shadow = champion(TASK), challenger(TASK)
    if serving is None or shadow is None:
        return None
    ours, theirs = _days_of(serving), _days_of(shadow)
    both = sorted(set(ours) & set(theirs))
    if len(both) < LEAST_DAYS:
        return None
    old, new = (np.array([side[key][0] for key in both]) for side in (ours, theirs))
    verdict = compare(
        old,
        new,
        start_us=np.array([key[3] for key in both], dtype=np.int64),
        coverage_95=float(np.mean([theirs[key][1] for key in both])),
    )
    if verdict.promote:
        promote(shadow, by=BY_RULE, why=verdict.reason, verdict=asdict(verdict))
    else:
        ModelVersion.objects.filter(pk=shadow.pk).update(verdict=asdict(verdict))
    return verdict


Key = tuple[str, str, int, int]
"""Series' key and metric, origin and day in microseconds."""


def _days_of(version: ModelVersion) -> dict[Key, tuple[float, float]]:
    """By day: the score as a share of the series' own size, and whether the 95 % band held."""
    found: dict[Key, tuple[float, float]] = {}
    rows = Forecast.objects.filter(version=version, is_cheap=False).exclude(actuals=[])
    for row in rows.only("key", "metric", "origin", "as_of", "quantiles", "naive", "actuals"):
        origin_us = us(row.as_of)
        for n, pair in enumerate(_scores(row.quantiles, row.naive, row.actuals)):
            if pair is not None:
                found[row.key, row.metric, origin_us, origin_us + n * DAY_US] = pair
    return found


def _scores(
    quantiles: Mapping[str, list[Any]], naive: list[Any], actuals: list[Any]
) -> list[tuple[float, float] | None]:
    """Of each day with a truth: WIS over the series' mean size, and 1 where the band held."""
    days = len(actuals)
    truth = _floats(actuals)
    table = np.column_stack([_floats(quantiles[str(level)][:days]) for level in QUANTILES])
    size = np.nanmean(np.abs(_floats(naive))) if naive and any(naive) else 1.0
    score, held = wis(table, truth) / max(float(size), 1e-9), inside(table, truth, 0.95)
    return [
        (float(s), float(h)) if np.isfinite(s) else None for s, h in zip(score, held, strict=True)
    ]


def _floats(values: list[Any]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def facts_of(model: ForecastModel) -> dict[str, Any]:
    """What the registry tells of a version, averaged over its series by WIS against naive."""
    known = [fit.backtest for fit in model.series.values() if fit.backtest.get("wis") is not None]
    judged = [one for one in known if one.get("wis_seasonal_naive")]
    share = _mean([one["wis"] / one["wis_seasonal_naive"] for one in judged])
    serving, total = sum(fit.beats_naive for fit in model.series.values()), len(model.series)
    return {
        "weights": _mean_weights(model),
        "metrics": {
            "ours": {
                "error": share,
                "coverage_80": _mean([one["coverage_80"] for one in known]),
                "coverage_95": _mean([one["coverage_95"] for one in known]),
            },
            "naive": {"error": 1.0 if judged else None},
            "unit": "WIS as a share of seasonal naive's",
        },
        "evidence": {"series": total, "beats_naive": serving},
        "guard": "model" if serving else NAIVE,
        "guard_reason": f"The combination serves for {serving} of {total} series, seasonal naive "
        "for the others.",
        "skill_vs_naive": None if share is None else 1 - share,
    }


def _mean_weights(model: ForecastModel) -> dict[str, float]:
    fits = list(model.series.values())
    names = sorted({name for fit in fits for name in fit.weights})
    return {name: float(np.mean([fit.weights.get(name, 0.0) for fit in fits])) for name in names}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
