"""Training of the downtime model: a challenger that serves only where it is shown to be better."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from amis.errors import InsufficientData
from analytics.ml import downtime
from analytics.ml.artefact import dump, load
from analytics.ml.challenge import Verdict, compare, losses
from analytics.ml.evidence import importance_of
from analytics.ml.history import Ints, ShiftHistory, questions_of
from analytics.ml.model import DowntimeModel
from analytics.ml.plant_total import common_correlation
from analytics.models import ModelVersion
from analytics.selectors.shift_history import first_start, predicted_machines, shift_history
from analytics.services.models_in_force import loaded
from analytics.services.registry import (
    BY_RULE,
    champion,
    hash_of,
    keep_version,
    promote,
    refuse,
)
from production.selectors.calendar import plant_timezone
from production.shopfloor.record import instant, us

TASK = ModelVersion.Task.DOWNTIME
MOST_DAYS = 730
"""Older shifts teach nothing about today's machines and cost memory."""

HASHED = (
    "machine", "start_us", "end_us", "planned_min", "downtime_min", "units", "defective", "quality",
    "efficiency", "maintenance_min", "down_machine", "down_start_us", "down_end_us",
)  # fmt: skip
"""What names the data: all but the figures of signals, whose last digit is the database's."""

LEAST_UNSEEN = 21
SIGNAL_FEATURE = re.compile(r"signal_([0-9]+)_(.+)")

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    version: ModelVersion
    serves: bool


def train_downtime(*, as_of: datetime, tell: Tell) -> Trained:
    """Train on what was known at `as_of`, keep the version, and let it serve or refuse it.

    Raises InsufficientData with what is missing. Run again it finds the version it made.
    """
    tell(1, "reading shifts")
    history = history_until(as_of)
    model = downtime.train(history, as_of_us=us(as_of), tell=lambda p, s: tell(5 + 0.85 * p, s))
    tell(90, "how machines hang together")
    correlation = _correlation(model, history)
    tell(92, "keeping the model")
    version = keep_version(
        task=TASK,
        as_of=as_of,
        data_hash=data_hash(history, as_of),
        parts=dump(model),
        facts=_facts(model, history, correlation),
    )
    tell(95, "comparing with the model that serves")
    return Trained(version, _decide(version, model, history))


def history_until(as_of: datetime, *, ahead: timedelta = timedelta(0)) -> ShiftHistory:
    """The plant's shifts that start before an instant. Raises InsufficientData without any."""
    machines = predicted_machines()
    if first_start(machines) is None:
        raise InsufficientData(
            "There is no shift record yet.",
            missing=["No shift of a machine with a shift pattern has been recorded yet: 0 shifts."],
        )
    # Not from the first record's start on: its day's earlier shifts are rows of a replay too.
    return shift_history(
        machines=machines,
        start=as_of - timedelta(days=MOST_DAYS),
        end=as_of + ahead,
        timezone=plant_timezone(),
    )


def data_hash(history: ShiftHistory, as_of: datetime) -> str:
    known = history.known_at(us(as_of))
    return hash_of(list(known.machines), *(getattr(known, name) for name in HASHED))


def _decide(version: ModelVersion, model: DowntimeModel, history: ShiftHistory) -> bool:
    """The first version serves; a later one has to beat the one that serves."""
    serving = champion(TASK)
    if serving is None:
        promote(version, by=BY_RULE, why="The first model of this plant.", verdict={})
        return True
    if serving.pk == version.pk:
        return True
    verdict = judge(serving, model, history)
    if verdict.promote:
        promote(version, by=BY_RULE, why=verdict.reason, verdict=asdict(verdict))
    else:
        refuse(version, verdict=asdict(verdict))
    return verdict.promote


def judge(serving: ModelVersion, model: DowntimeModel, history: ShiftHistory) -> Verdict:
    """Both on the shifts since the serving model was trained: neither had learned from them, the
    new one because it held them back when its errors were measured.
    """
    measured = model.evidence["losses"]
    start_us = np.array(measured["start_us"], dtype=np.int64)
    unseen = start_us >= us(serving.as_of)
    if unseen.sum() < LEAST_UNSEEN:
        words = f"Only {int(unseen.sum())} shifts since version {serving.number} was trained."
        return Verdict(better_by=0.0, p=1.0, promote=False, reason=words)
    machine = np.array(measured["machine"], dtype=np.int64)[unseen]
    rows = _rows(history, machine, start_us[unseen])
    return compare(
        losses(loaded(serving, load), history, rows),
        np.array(measured["ours"])[unseen],
        start_us=start_us[unseen],
        coverage_95=model.metrics["ours"]["coverage_95"],
    )


def _correlation(model: DowntimeModel, history: ShiftHistory) -> float:
    """How much machines are bad and good together, on the shifts that were held back."""
    measured = model.evidence["losses"]
    machine, start_us = (np.array(measured[n], dtype=np.int64) for n in ("machine", "start_us"))
    rows = _rows(history, machine, start_us)
    said = downtime.predict(model, history, questions_of(history, rows), explain=False)
    bands = (said.lo95, said.lo80, said.median_min, said.hi80, said.hi95)
    return common_correlation(
        quantiles=np.column_stack(bands),
        actual_min=history.downtime_min[rows],
        planned_min=history.planned_min[rows],
        start_us=start_us,
    )


def _rows(history: ShiftHistory, machine: Ints, start_us: Ints) -> Ints:
    """Where these shifts stand in the history."""
    place = {key: n for n, key in enumerate(zip(history.machine, history.start_us, strict=True))}
    return np.array([place[key] for key in zip(machine, start_us, strict=True)], dtype=np.int64)


def _facts(model: DowntimeModel, history: ShiftHistory, correlation: float) -> dict[str, Any]:
    known = ~np.isnan(history.downtime_min)
    told = {name: value for name, value in model.evidence.items() if name != "losses"}
    told["feature_importance"] = _named(told["feature_importance"], model.signals)
    ours = model.metrics["ours"]
    naive = model.metrics["members"][model.metrics["best_naive"]]
    return {
        "data_from": instant(int(history.start_us[known].min())),
        "data_to": instant(int(history.end_us[known].max())),
        "rows": int(known.sum()),
        "weights": model.weights,
        "metrics": {
            **model.metrics,
            "ours": {**ours, "error": ours["mae"]},
            "naive": {**naive, "error": naive["mae"]},
            "unit": "minutes of mean absolute error a shift",
        },
        "evidence": {**told, "correlation": correlation, "branches": _branches(model)},
        "guard": model.guard.serves,
        "guard_reason": model.guard.reason,
        "skill_vs_naive": model.skill_vs_naive,
    }


def _branches(model: DowntimeModel) -> dict[str, Any]:
    """Who answers at the start of a shift and ahead of it, how much better than naive, from what.

    A naive rule looks at one thing only: itself.
    """
    return {
        name: {
            "serves": branch.guard.serves,
            "reason": branch.guard.reason,
            "skill": branch.skill,
            "weights": dict(branch.ensemble.median_weights),
            "importance": _named(importance_of(branch), model.signals)
            or {branch.guard.serves: 1.0},
        }
        for name, branch in model.branches.items()
    }


def _named(shares: Mapping[str, float], signals: Sequence[str]) -> dict[str, float]:
    """Features of process signals by the signal's name instead of its place."""
    found = {}
    for feature, share in shares.items():
        place = SIGNAL_FEATURE.fullmatch(feature)
        name = f"{signals[int(place[1])]} {place[2]}" if place else feature
        found[name] = found.get(name, 0.0) + share
    return found
