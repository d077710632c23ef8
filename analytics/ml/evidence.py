"""What the pages draw and the registry compares, as plain lists, numbers and words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ml.bands import LEVELS
from analytics.ml.calibration import Promise, tolerance_min
from analytics.ml.exceedance import LONG_MIN
from analytics.ml.history import Floats, ShiftHistory
from analytics.ml.judgement import Judgement
from analytics.ml.model import Branch
from analytics.ml.reliability import merged_bins, reliability
from analytics.ml.risk import LEVELS as RISKS
from analytics.ml.risk import THRESHOLDS, risk_of
from analytics.ml.standing import DOWN_NOW, STATES
from analytics.ml.thinning import evenly
from analytics.ml.training import Asked

MOST_POINTS = 400
PROMISED = ("below 5 %", "5 to 20 %", "20 to 50 %", "50 % and above, or down now")


def evidence_of(
    found: Judgement, held: Asked, history: ShiftHistory, branch: Branch
) -> dict[str, Any]:
    """All of it out of sample, on the shifts held back."""
    said, actual = found.promise, held.actual_min
    error = np.abs(actual - said.median)
    naive = np.abs(actual - found.naive_min)
    chances = reliability(said.chance, actual >= LONG_MIN)
    return {
        "chance_bins": chances,
        "confidence_bins": reliability(said.confidence, error <= tolerance_min(found.planned_min)),
        "levels": _levels(found, actual),
        "points": _points(held, history, said),
        "coverage": _coverage_by_state(found, actual),
        "merged": [*found.calibration.bands.merged, *merged_bins(chances)],
        "losses": {
            "start_us": history.start_us[held.row].tolist(),
            "machine": history.machine[held.row].tolist(),
            "ours": error.tolist(),
            "naive": naive.tolist(),
        },
        "feature_importance": importance_of(branch),
        "history": _span(history),
    }


def metrics_of(found: Judgement, held: Asked) -> dict[str, Any]:
    """Mean absolute error in minutes of each member and of ours, with our coverage."""
    actual = held.actual_min
    ours: dict[str, float | None] = {"mae": found.ours, "pinball": found.ours / 2}
    everything = np.ones(len(actual), np.bool_)
    for level in LEVELS:
        ours[f"coverage_{level * 100:.0f}"] = covered(found.promise, actual, everything, level)
    members = {
        name: {"mae": loss, "pinball": loss / 2} for name, loss in sorted(found.losses.items())
    }
    return {"ours": ours, "members": members, "best_naive": found.best_naive, "shifts": len(actual)}


def covered(said: Promise, actual: Floats, rows: NDArray[np.bool_], level: float) -> float | None:
    """Share of the rows whose minutes lie in the interval; None of no rows."""
    low = 2 * LEVELS.index(level)
    inside = (said.bands[:, low] <= actual) & (actual <= said.bands[:, low + 1])
    return float(inside[rows].mean()) if rows.any() else None


def importance_of(branch: Branch) -> dict[str, float]:
    """Share of each feature in the members that make up the median, largest first; sums to 1."""
    total: dict[str, float] = {}
    for name, weight in branch.ensemble.median_weights.items():
        for feature, share in branch.ensemble.members[name].importances().items():
            total[feature] = total.get(feature, 0.0) + weight * share
    whole = sum(total.values())
    ranked = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    return {feature: share / whole for feature, share in ranked if share > 0}


def _levels(found: Judgement, actual: Floats) -> list[dict[str, Any]]:
    """Each risk level: promised range, shifts, share of them with half an hour of downtime."""
    down = found.at.state == DOWN_NOW
    pairs = zip(found.promise.chance.tolist(), down.tolist(), strict=True)
    level = np.array([RISKS.index(risk_of(p, is_down, THRESHOLDS)) for p, is_down in pairs])
    told = []
    for place, name in enumerate(RISKS):
        rows = level == place
        observed = float((actual[rows] >= LONG_MIN).mean()) if rows.any() else None
        told.append(
            {"level": name, "promised": PROMISED[place], "shifts": int(rows.sum()),
             "observed": observed}
        )  # fmt: skip
    return told


def _points(held: Asked, history: ShiftHistory, said: Promise) -> list[dict[str, Any]]:
    """Actual against predicted: all shifts where either is not zero, evenly thinned."""
    shown = np.flatnonzero((held.actual_min > 0) | (said.median > 0)).astype(np.int64)
    shown = evenly(shown, MOST_POINTS / max(1, len(shown)))[:MOST_POINTS]
    return [
        {
            "machine": int(history.machine[held.row[place]]),
            "start_us": int(history.start_us[held.row[place]]),
            "predicted_min": float(said.median[place]),
            "actual_min": float(held.actual_min[place]),
        }
        for place in shown.tolist()
    ]


def _coverage_by_state(found: Judgement, actual: Floats) -> list[dict[str, Any]]:
    """Coverage of each state, of shifts with downtime, and of all."""
    groups = {name: found.at.state == place for place, name in enumerate(STATES)}
    groups |= {"shifts with downtime": actual > 0, "all": np.ones(len(actual), np.bool_)}
    return [
        {
            "group": name,
            "shifts": int(rows.sum()),
            **{f"coverage_{level * 100:.0f}": covered(found.promise, actual, rows, level)
               for level in LEVELS},
        }
        for name, rows in groups.items()
        if rows.any()
    ]  # fmt: skip


def _span(history: ShiftHistory) -> dict[str, int]:
    known = np.isfinite(history.downtime_min)
    return {
        "first_us": int(history.start_us[known].min()),
        "last_us": int(history.end_us[known].max()),
        "shifts": int(known.sum()),
        "machines": len(np.unique(history.machine[known])),
    }
