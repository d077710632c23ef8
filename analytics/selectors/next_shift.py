"""`/api/ml/forecast`: the stored prediction of the next shift as the API shows it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from analytics.models import Anomaly, Prediction
from analytics.selectors.advice import advice
from analytics.selectors.answers import kept
from analytics.selectors.missing import why_no_risk
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.said import Said, said_last

NUMBERS = (
    "predicted_downtime_next_shift", "median_min", "expected_min", "interval_80", "interval_95",
    "model_confidence_score", "risk_assessment", "feature_importance", "guard", "skill_vs_naive",
    "model_version", "shift", "issued_at",
)  # fmt: skip


def next_shift_answer(*, machine_id: str | None, days: int, now: datetime) -> dict[str, Any]:
    """The plant with its machines, or one machine; `insufficient` says what is missing."""
    said = said_last(now, machine_id=machine_id)
    if said is None:
        return _insufficient(why_no_risk(now, machine_id=machine_id), machine_id, days, now)
    newest = f"{said.plant.pk}:{machine_id}:{days}"
    return kept(f"next_shift:{newest}", lambda: _answer(said, machine_id, days, now))


def _answer(said: Said, machine_id: str | None, days: int, now: datetime) -> dict[str, Any]:
    row = said.plant if machine_id is None else said.machines[0]
    odd = _anomalies(days, now)
    tips = [asdict(tip) for tip in advice(said.machines, days=days, now=now)]

    def whole(one: Prediction) -> dict[str, Any]:
        own = one.machine.machine_id if one.machine else None
        found = sum(odd.values()) if own is None else odd.get(own, 0)
        mine = [tip for tip in tips if own in (None, tip["machine_id"])]
        return {**_element(one), "anomalies_detected": found, "recommendations": mine}

    answer = whole(row)
    if machine_id is None:
        answer["machines"] = [
            {
                **whole(one),
                "machine_id": one.machine.machine_id,
                "machine_name": one.machine.machine_name,
                "p_downtime_30": one.p_downtime_30,
            }
            for one in said.machines
        ]
    return answer


def _element(row: Prediction) -> dict[str, Any]:
    version, branch = row.version, branch_of(row)
    return {
        "status": "ok",
        "predicted_downtime_next_shift": row.median_min,
        "median_min": row.median_min,
        "expected_min": row.expected_min,
        "interval_80": [row.lo80, row.hi80],
        "interval_95": [row.lo95, row.hi95],
        "model_confidence_score": row.confidence,
        "risk_assessment": row.risk.capitalize(),
        "feature_importance": branch["importance"],
        "guard": row.served,
        "skill_vs_naive": branch["skill"],
        "model_version": str(version.number),
        "shift": {
            "name": row.shift,
            "date": row.production_date,
            "start": row.shift_start,
            "end": row.shift_end,
        },
        "issued_at": row.issued_at,
        "missing": [],
        "ready_at": None,
    }


def branch_of(row: Prediction) -> dict[str, Any]:
    """The part of the model that answered: at the start of a shift, or ahead of it."""
    branches: dict[str, Any] = row.version.evidence["branches"]
    found: dict[str, Any] = branches["start" if row.as_of == row.shift_start else "ahead"]
    return found


def _insufficient(
    why: Insufficient, machine_id: str | None, days: int, now: datetime
) -> dict[str, Any]:
    odd = _anomalies(days, now)
    found = sum(odd.values()) if machine_id is None else odd.get(machine_id, 0)
    answer: dict[str, Any] = {
        "status": "insufficient",
        **dict.fromkeys(NUMBERS),
        "anomalies_detected": found,
        "recommendations": [],
        "missing": why.missing,
        "ready_at": why.ready_at,
    }
    return answer if machine_id else answer | {"machines": []}


def _anomalies(days: int, now: datetime) -> dict[str, int]:
    """By machine_id: events of the window that nobody dismissed."""
    rows = Anomaly.objects.filter(end__gt=now - timedelta(days=days), start__lte=now).exclude(
        status=Anomaly.Status.DISMISSED
    )
    found: dict[str, int] = {}
    for name in rows.values_list("machine__machine_id", flat=True):
        found[name] = found.get(name, 0) + 1
    return found
