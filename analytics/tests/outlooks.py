"""Outlooks to draw: three machines of one plant, a Thursday in November; seed 7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from analytics.selectors.evidence_shapes import (
    Coverage,
    Evidence,
    GradedShift,
    ReliabilityBin,
    RiskLevel,
    TrackRecord,
)
from analytics.selectors.outlook_shapes import (
    AnomalyEvent,
    AnomalyList,
    Factor,
    MachineRisk,
    RiskOutlook,
    ScoredPoint,
    ShiftAhead,
    Timeline,
    Version,
)

NOW = datetime(2026, 11, 19, 17, 42, 10, tzinfo=UTC)
ORIGIN = date(2026, 11, 19)
SHIFT = ShiftAhead(
    name="Late",
    date=ORIGIN,
    start=datetime(2026, 11, 19, 20, tzinfo=UTC),
    end=datetime(2026, 11, 20, 4, tzinfo=UTC),
)


def machine_risk(machine_id: str = "M001", name: str = "Assembly 1", **changed) -> MachineRisk:
    usual = {
        "state": "slow 24 min",
        "median_min": 6.25,
        "expected_min": 13.0,
        "lo80": 0.0,
        "hi80": 31.125,
        "lo95": 0.0,
        "hi95": 68.4,
        "p_downtime_30": 0.1402,
        "confidence": 0.8571428571428571,
        "risk": "medium",
        "down_now": False,
        "served": "model",
        "factors": [
            Factor("speed", "Speed 24 % under ideal for 24 min", 5.2),
            Factor("minor", "5 minor stops since 10:30", 2.0),
            Factor("order", "Order change due 15:10", 0.8),
        ],
        "usual_min": 5.0,
        "planned_min": 450.0,
    }
    return MachineRisk(machine_id=machine_id, machine_name=name, **(usual | changed))


FILLER = machine_risk(
    "M002",
    "Filler 2",
    state="down 15 min",
    median_min=46.0,
    expected_min=58.0,
    lo80=18.2,
    hi80=103.7,
    lo95=6.0,
    hi95=171.3,
    p_downtime_30=0.6420000000000001,
    confidence=0.58,
    risk="critical",
    down_now=True,
    factors=[
        Factor("down_now", "Down now for 15 min", 31.0),
        Factor("stops", "3 stops last shift, usually 1.2", 9.0),
        Factor("vibration", "Vibration rising 0.4 mm/s per h", 6.0),
        Factor("maintenance", "18 shifts since maintenance", 4.0),
    ],
    usual_min=8.0,
)
PACKER = machine_risk(
    "M003",
    "Packer 3",
    state="running 72 min",
    median_min=0.0,
    expected_min=4.0,
    hi80=11.0,
    hi95=29.0,
    p_downtime_30=0.041,
    confidence=0.95,
    risk="low",
    factors=[
        Factor("quiet", "Running 72 min without a stop", -2.0),
        Factor("maintained", "Maintained Wed 18 Nov", -2.0),
        Factor("batch", "Film batch new at 13:30", 1.0),
    ],
    usual_min=7.0,
)


def evidence(**changed) -> Evidence:
    bins = [(0.02, 0.02, 640, 0.01, 0.03), (0.08, 0.07, 190, 0.04, 0.11)]
    bins += [(0.16, 0.18, 90, 0.13, 0.23), (0.28, 0.25, 60, 0.17, 0.33)]
    bins += [
        (0.42, 0.45, 40, 0.34, 0.56),
        (0.6, 0.56, 28, 0.43, 0.69),
        (0.82, 0.81, 20, 0.68, 0.94),
    ]
    usual = {
        "reliability": [ReliabilityBin(*one) for one in bins],
        "levels": [
            RiskLevel("critical", 0.5, 1.0, 41, 0.659),
            RiskLevel("high", 0.2, 0.5, 87, 0.33),
            RiskLevel("medium", 0.05, 0.2, 241, 0.112),
            RiskLevel("low", 0.0, 0.05, 699, 0.021),
        ],
        "weights": [("XGBoost absolute error", 0.55), ("hurdle", 0.3), ("last value", 0.15)],
        "guard": "Below 0 % the page would serve last value and say so.",
        "served": "model",
        "skill_vs_naive": 0.36,
        "naive_name": "last value",
        "coverage": [
            Coverage("running", 812, 0.83, 0.96),
            Coverage("recently stopped", 190, 0.8, 0.94),
            Coverage("down now", 66, 0.79, 0.91),
        ],
        "merged": ["Down now and asked ahead had 12 shifts, so it shares its ranges."],
        "importance": [("Down now", 0.31), ("Downtime, last 3 shifts", 0.22), ("Stops", 0.15)]
        + [(f"Feature {n}", 0.32 / 8) for n in range(8)],
    }
    return Evidence(**(usual | changed))


def track() -> TrackRecord:
    draw = np.random.default_rng(7)
    shifts = []
    for name in ("Filler 2", "Assembly 1", "Packer 3"):
        for n in range(56):
            predicted = float(draw.gamma(0.8, 12))
            actual = max(0.0, predicted + float(draw.normal(0, 8)))
            start = NOW - timedelta(hours=8 * (n + 1))
            shifts.append(GradedShift(name, start, "Night", predicted, actual))
    shifts[27] = shifts[27]._replace(
        predicted_min=22.0, actual_min=131.0, beyond=True, cause="drive fault"
    )
    return TrackRecord(shifts=shifts, mae_min=7.6, naive_mae_min=11.9)


def risk_outlook(**changed) -> RiskOutlook:
    usual = {
        "scored_at": NOW,
        "model_version": 14,
        "shift": SHIFT,
        "planned_min": 450.0,
        "thresholds": (0.05, 0.2, 0.5),
        "machines": [FILLER, machine_risk(), PACKER],
        "evidence": evidence(),
        "track": track(),
        "open_anomalies": 3,
    }
    return RiskOutlook(**(usual | changed))


def anomaly_list(**changed) -> AnomalyList:
    draw = np.random.default_rng(7)
    start = NOW - timedelta(days=7)
    timelines = []
    for machine_id, name in (("M001", "Assembly 1"), ("M002", "Filler 2"), ("M003", "Packer 3")):
        points = []
        for n in range(300):
            score = float(draw.beta(2, 4)) * 0.9
            score = 0.985 if machine_id == "M002" and 200 <= n < 204 else score
            moment = start + timedelta(minutes=33.6 * n)
            points.append(ScoredPoint(moment, score, is_anomaly=score > 0.95))
        timelines.append(
            Timeline(machine_id=machine_id, machine_name=name, points=points, threshold=0.95)
        )
    said = ["Vibration 6.1 mm/s, usually 1.2–2.3", "Temperature 81 °C, usually 55–66"]
    events = [
        AnomalyEvent(
            pk=n + 1,
            machine_id="M002",
            machine_name="Filler 2",
            start=NOW - timedelta(hours=5 + 9 * n),
            end=None if n == 0 else NOW - timedelta(hours=4 + 9 * n),
            score=0.99 - 0.01 * n,
            sentence=said[n % 2],
            expected=said[n % 2].split("usually ")[1],
            status=("open", "confirmed", "dismissed")[n],
            judged_by="" if n == 0 else "alice",
            judged_at=None if n == 0 else NOW,
        )
        for n in range(3)
    ]
    usual = {
        "start": start,
        "end": NOW,
        "events": events,
        "timelines": timelines,
        "budget_per_week": 1.0,
        "open_count": 1,
    }
    return AnomalyList(**(usual | changed))


def versions(task: str = "downtime") -> list[Version]:
    states = ("challenger", "champion", "retired")
    return [
        Version(
            pk=30 - n,
            number=15 - n,
            task=task,
            status=state,
            trained_at=NOW - timedelta(days=n),
            history_days=180 - n,
            error=7.6 + n,
            naive_error=11.9,
            unit="minutes of mean absolute error a shift",
            in_80=0.82,
            in_95=0.95,
            promoted_at=None if n == 0 else NOW - timedelta(days=n),
            promoted_by="" if n == 0 else "rule",
            why="3.1 % better than the one before, p 0.04, coverage in band.",
        )
        for n, state in enumerate(states)
    ]
