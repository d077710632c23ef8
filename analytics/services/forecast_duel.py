"""Whether a newly trained forecast serves: against what the serving version said and what came."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.forecasting.model import ForecastModel
from analytics.forecasting.pool.roster import NAIVE
from analytics.ml.challenge import compare
from analytics.models import Forecast, ModelVersion
from analytics.services.registry import BY_RULE, champion, promote, refuse

TASK = ModelVersion.Task.FORECAST
LEAST_DAYS = 14


def decide(version: ModelVersion) -> None:
    """The first version serves; a later one once its shadow forecasts were better than the serving
    version's on the same days. A training that knows members the serving one lacks serves at once.
    """
    serving = champion(TASK)
    if serving is None:
        promote(version, by=BY_RULE, why="The first model of this plant.", verdict={})
    elif serving.pk != version.pk:
        _challenge(serving, version)


def _challenge(serving: ModelVersion, version: ModelVersion) -> None:
    gained = set(version.weights) - set(serving.weights)
    ours, naive = (version.metrics[name]["error"] for name in ("ours", "naive"))
    old = serving.metrics["ours"]["error"]
    verdict = {"ours": ours, "naive": naive, "serving": old, "gained": sorted(gained)}
    if old is not None and ours is not None and ours < 0.99 * old:
        why = f"Backtest WIS {ours:.3g} against {old:.3g} of version {serving.number}."
        promote(version, by=BY_RULE, why=why, verdict={**verdict, "reason": why})
        return
    reason = "Not more than 1 % better than the version that serves."
    refuse(version, verdict={**verdict, "reason": reason})


def facts_of(model: ForecastModel) -> dict[str, Any]:
    """What the registry tells of a version, averaged over its series by WIS against naive."""
    ours = [fit.backtest for fit in model.series.values() if fit.backtest.get("wis") is not None]
    judged = [one for one in ours if one.get("wis_seasonal_naive")]
    skill = _mean([1 - one["wis"] / one["wis_seasonal_naive"] for one in judged])
    serving = sum(fit.beats_naive for fit in model.series.values())
    total = len(model.series)
    return {
        "weights": _mean_weights(model),
        "metrics": {
            "ours": {
                "error": _mean([one["wis"] / one["wis_seasonal_naive"] for one in judged]),
                "coverage_80": _mean([one["coverage_80"] for one in ours]),
                "coverage_95": _mean([one["coverage_95"] for one in ours]),
            },
            "naive": {"error": 1.0 if judged else None},
            "unit": "WIS as a share of seasonal naive's",
        },
        "evidence": {"series": total, "beats_naive": serving},
        "guard": "model" if serving else NAIVE,
        "guard_reason": f"The combination serves for {serving} of {total} series, seasonal naive "
        "for the others.",
        "skill_vs_naive": skill,
    }


def _mean_weights(model: ForecastModel) -> dict[str, float]:
    fits = list(model.series.values())
    names = sorted({name for fit in fits for name in fit.weights})
    return {name: float(np.mean([fit.weights.get(name, 0.0) for fit in fits])) for name in names}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


__all__ = ["Forecast", "compare", "decide", "facts_of"]
