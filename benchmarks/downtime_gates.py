"""What a replay of downtime came to, and whether it is within the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from analytics.ml.history import Floats, Ints, ShiftHistory
from analytics.ml.predictions import Predictions
from analytics.ml.regressors import NAIVE
from analytics.ml.reliability import FEWEST, told_together
from analytics.ml.risk import LEVELS, risk_of

RATIO_TO_LAST_VALUE = {"S16": 0.75, "Grid'5000": 0.72, "Grid'5000, minutes only": 0.72}
OF_BEST_NAIVE, SPEARMAN = 1.02, -0.25
COVERAGE = {"all 80": 0.75, "all 95": 0.92, "down at start 95": 0.85}


def measured(
    history: ShiftHistory, rows: Ints, said: Predictions, *, rivals: Mapping[str, Floats]
) -> dict[str, Any]:
    """Errors, coverage, confidence and levels on the rows that were asked for."""
    actual = history.downtime_min[rows]
    error = np.abs(actual - said.median_min)
    mae = {name: float(np.abs(actual - answer).mean()) for name, answer in rivals.items()}
    return {
        "mae": {"ours": float(error.mean()), **mae},
        "best_naive": min((one.name for one in NAIVE), key=mae.__getitem__),
        "coverage": _coverage(said, actual),
        "down_shifts": int(said.down_now.sum()),
        "spearman": rank_correlation(said.confidence, error),
        "levels": _levels(said, actual),
        "expected_mean": float(said.expected_min.mean()),
        "actual_mean": float(actual.mean()),
    }


def gates_of(name: str, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each gate with its value and whether it passes."""
    mae, cover = result["mae"], result["coverage"]
    found = []
    if name in RATIO_TO_LAST_VALUE:
        limit, ratio = RATIO_TO_LAST_VALUE[name], mae["ours"] / mae["last_value"]
        found.append((f"MAE ≤ {limit} × last value", ratio, ratio <= limit))
    naive = mae[result["best_naive"]]
    of_naive = f"MAE ≤ {OF_BEST_NAIVE} × {result['best_naive']}, the best naive"
    found.append((of_naive, mae["ours"] / naive, mae["ours"] <= OF_BEST_NAIVE * naive))
    for group, least in COVERAGE.items():
        if group in cover:
            found.append((f"coverage, {group} % ≥ {least}", cover[group], cover[group] >= least))
    rank = result["spearman"]
    found.append((f"Spearman(confidence, |error|) ≤ {SPEARMAN}", rank, rank <= SPEARMAN))
    shares = _told_apart(result["levels"])
    rising = len(shares) > 1 and all(a < b for a, b in pairwise(shares.values()))
    found.append(("observed share rises strictly over the levels", shares, rising))
    return [{"gate": gate, "value": value, "pass": bool(passed)} for gate, value, passed in found]


def _told_apart(levels: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Observed share of the levels in the groups in which the pages tell them."""
    names = [*levels]
    groups = told_together([level["shifts"] for level in levels.values()])
    told = ([names[place] for place in group] for group in groups)
    return {"+".join(group): _share([levels[name] for name in group]) for group in told}


def _share(levels: Sequence[Mapping[str, Any]]) -> float:
    """Of the shifts of all these levels."""
    shifts = sum(level["shifts"] for level in levels)
    return float(sum(level["shifts"] * level["observed"] for level in levels) / shifts)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's: Pearson's of mid-ranks."""
    ranks = [_ranks(column) for column in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def _ranks(column: Floats) -> Floats:
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[place]
    return ranks


def _coverage(said: Predictions, actual: Floats) -> dict[str, float]:
    groups = {
        "all": np.ones(len(actual), np.bool_),
        "down at start": said.down_now,
        "with downtime": actual > 0,
    }
    bands = {"80": (said.lo80, said.hi80), "95": (said.lo95, said.hi95)}
    return {
        f"{group} {level}": float(((low <= actual) & (actual <= high))[rows].mean())
        for group, rows in groups.items()
        if rows.sum() >= FEWEST
        for level, (low, high) in bands.items()
    }


def _levels(said: Predictions, actual: Floats) -> dict[str, dict[str, Any]]:
    pairs = zip(said.p_downtime_30.tolist(), said.down_now.tolist(), strict=True)
    level = np.array([risk_of(p, is_down) for p, is_down in pairs])
    return {
        name: {
            "shifts": int((level == name).sum()),
            "observed": float((actual[level == name] >= 30).mean())
            if (level == name).any()
            else None,
        }
        for name in LEVELS
    }
