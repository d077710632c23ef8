"""A trained model as files and back, without pickle: XGBoost JSON, skops for scikit-learn, JSON.

load(dump(model)) predicts what the model predicts, to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from analytics.ml.calibration import calibration_from
from analytics.ml.ensemble import Ensemble
from analytics.ml.exceedance import Exceedance
from analytics.ml.model import Branch, DowntimeModel, Guard
from analytics.ml.regressors import regressor_of

FORMAT = 3
READ = (1, 2, FORMAT)
"""An older model goes on to say what it said, until the next training."""


def dump(model: DowntimeModel) -> dict[str, bytes]:
    """File name → content; folders are branch and member."""
    parts = {}
    held: dict[str, Any] = {
        "format": FORMAT,
        "machines": model.machines,
        "shift_names": model.shift_names,
        "signals": model.signals,
        "trained_to_us": model.trained_to_us,
        "metrics": model.metrics,
        "evidence": model.evidence,
        "branches": {name: _branch_json(branch) for name, branch in model.branches.items()},
    }
    parts["model.json"] = json.dumps(held, allow_nan=False).encode()
    for name, branch in model.branches.items():
        parts |= _branch_parts(f"{name}/", branch)
    return parts


def load(parts: Mapping[str, bytes]) -> DowntimeModel:
    """The model of a dump; ValueError for one of a format that is not read."""
    held = json.loads(parts["model.json"])
    if held["format"] not in READ:
        raise ValueError(
            f"A downtime model of format {held['format']} cannot be read: train a new one."
        )
    branches = {
        name: _branch(branch, _below(parts, f"{name}/"))
        for name, branch in held["branches"].items()
    }
    return DowntimeModel(
        machines=tuple(held["machines"]),
        shift_names=tuple(held["shift_names"]),
        signals=tuple(held["signals"]),
        branches=branches,
        trained_to_us=held["trained_to_us"],
        metrics=held["metrics"],
        evidence=held["evidence"],
    )


def _branch_json(branch: Branch) -> dict[str, Any]:
    ensemble = branch.ensemble
    known = [[one if np.isfinite(one) else None for one in row] for row in branch.usual.tolist()]
    return {
        "names": branch.names,
        "factors": branch.factors,
        "usual": known,
        "members": list(ensemble.members),
        "median_weights": ensemble.median_weights,
        "expected_weights": ensemble.expected_weights,
        "calibration": branch.calibration.as_json(),
        "guard": asdict(branch.guard),
        "best_naive": branch.best_naive,
        "skill": branch.skill,
    }


def _branch_parts(prefix: str, branch: Branch) -> dict[str, bytes]:
    dumped = {name: member.dump() for name, member in branch.ensemble.members.items()}
    if branch.ensemble.exceedance:
        dumped["exceedance"] = branch.ensemble.exceedance.dump()
    return {
        f"{prefix}{name}/{file}": content
        for name, files in dumped.items()
        for file, content in files.items()
    }


def _branch(held: Mapping[str, Any], parts: Mapping[str, bytes]) -> Branch:
    exceedance = _below(parts, "exceedance/")
    ensemble = Ensemble(
        {name: regressor_of(name).load(_below(parts, f"{name}/")) for name in held["members"]},
        held["median_weights"],
        held["expected_weights"],
        Exceedance.load(exceedance) if exceedance else None,
    )
    return Branch(
        names=tuple(held["names"]),
        factors=tuple(held["factors"]),
        usual=np.array(held["usual"], np.float64),
        ensemble=ensemble,
        calibration=calibration_from(held["calibration"]),
        guard=Guard(**held["guard"]),
        best_naive=held["best_naive"],
        skill=held["skill"],
    )


def _below(parts: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    held = parts.items()
    return {name.removeprefix(prefix): one for name, one in held if name.startswith(prefix)}
