"""`/risk/`: the next shift's downtime of every machine, the evidence, and the track record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from analytics.ml.reliability import told_together
from analytics.ml.risk import THRESHOLDS
from analytics.models import Anomaly, Prediction
from analytics.selectors.answers import kept
from analytics.selectors.evidence_shapes import Coverage, Evidence, ReliabilityBin, RiskLevel
from analytics.selectors.missing import why_no_risk
from analytics.selectors.next_shift import branch_of
from analytics.selectors.outlook_shapes import (
    Factor,
    Insufficient,
    MachineRisk,
    RiskOutlook,
    ShiftAhead,
    ShiftTotal,
)
from analytics.selectors.preferences import preferences
from analytics.selectors.said import Said, said_last
from analytics.selectors.track_record import track_record
from production.live import machine_elements
from production.shopfloor.packml import TimeClass, time_class

WORDS = {
    TimeClass.APT: "running",
    TimeClass.AUST: "in changeover",
    TimeClass.ADET: "down",
    TimeClass.ADOT: "idle",
    TimeClass.NO_DATA: "no data",
}


def risk_outlook(now: datetime) -> RiskOutlook | Insufficient:
    """The next shift's downtime of every machine as scored last before `now`."""
    said = said_last(now)
    return why_no_risk(now) if said is None else _outlook(said, now)


def _shift(row: Prediction) -> ShiftAhead:
    return ShiftAhead(
        name=row.shift, date=row.production_date, start=row.shift_start, end=row.shift_end
    )


def _outlook(said: Said, now: datetime) -> RiskOutlook:
    plant, version = said.plant, said.plant.version
    states = _states(said.machines, now)
    return RiskOutlook(
        scored_at=plant.as_of,
        model_version=version.number,
        shift=_shift(plant),
        planned_min=said.machines[0].planned_min,
        thresholds=preferences().thresholds,
        machines=[_machine(row, states[row.machine.machine_id]) for row in said.machines],
        evidence=evidence_of(plant),
        track=kept("track", track_record),
        open_anomalies=Anomaly.objects.filter(status=Anomaly.Status.OPEN).count(),
        total=ShiftTotal(plant.median_min, plant.lo80, plant.hi80),
    )


def _machine(row: Prediction, state: str) -> MachineRisk:
    names = (
        "median_min", "expected_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30",
        "confidence", "risk", "down_now", "served", "usual_min", "planned_min",
    )  # fmt: skip
    return MachineRisk(
        machine_id=row.machine.machine_id,
        machine_name=row.machine.machine_name,
        state=state,
        factors=[Factor(*factor) for factor in row.factors],
        **{name: getattr(row, name) for name in names},
    )


def _states(rows: list[Prediction], now: datetime) -> dict[str, str]:
    """In words: "down 15 min"; "no data" where nothing is heard."""
    names = [(row.machine.machine_id, row.machine.machine_name) for row in rows]
    words = {}
    for element in machine_elements(connection.schema_name, names):
        words[element["machine_id"]] = _state(element, now)
    return words


def _state(element: Mapping[str, Any], now: datetime) -> str:
    if element["is_stale"] or not element["state"]:
        return "no data"
    since = element["since"]
    if isinstance(since, str):
        since = datetime.fromisoformat(since)
    minutes = (now - since).total_seconds() / 60 if since else None
    word = WORDS[time_class(element["state"])]
    return word if minutes is None else f"{word} {minutes:.0f} min"


def evidence_of(row: Prediction) -> Evidence:
    """The stored evidence of the version that answered, with the part of it that did."""
    version, branch = row.version, branch_of(row)
    told = version.evidence
    naive = str(version.metrics.get("best_naive", ""))
    at_start = row.as_of == row.shift_start
    weights = branch.get("weights") or (version.weights if at_start else {})
    return Evidence(
        reliability=[
            ReliabilityBin(b["predicted"], b["observed"], b["shifts"], b["low"], b["high"])
            for b in told.get("chance_bins", [])
        ],
        levels=_levels(told.get("levels", [])),
        weights=sorted(weights.items(), key=lambda item: -item[1]),
        at_start=at_start,
        guard=branch["reason"],
        served=branch["serves"],
        skill_vs_naive=branch["skill"],
        naive_name=naive,
        coverage=[
            Coverage(one["group"], one["shifts"], one["coverage_80"], one["coverage_95"])
            for one in told.get("coverage", [])
        ],
        merged=told.get("merged", []),
        importance=list(branch["importance"].items()),
    )


def _levels(told: list[dict[str, Any]]) -> list[RiskLevel]:
    """Worst first, with the chances between which each level lies."""
    counts = [one["shifts"] for one in told]
    never = [[place] for place, count in enumerate(counts) if not count]
    groups = sorted([*never, *told_together(counts)], reverse=True)
    return [_level(told, group) for group in groups]


def _level(told: list[dict[str, Any]], group: list[int]) -> RiskLevel:
    edges = (0.0, *THRESHOLDS, 1.0)
    *also, worst = [told[place]["level"] for place in group]
    shifts = sum(told[place]["shifts"] for place in group)
    long = sum(told[place]["shifts"] * (told[place]["observed"] or 0.0) for place in group)
    observed = long / shifts if shifts else None
    low, high = edges[group[0]], edges[group[-1] + 1]
    return RiskLevel(worst, low, high, shifts, observed, tuple(reversed(also)))
