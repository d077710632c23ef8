"""Odd operation: learn what is usual from process signals, then keep the events of each hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from amis.errors import InsufficientData
from amis.interval import Interval
from analytics.ml.anomaly.artefact import dump, load
from analytics.ml.anomaly.events import Event, events, expected
from analytics.ml.anomaly.frame import Scores, SignalFrame
from analytics.ml.anomaly.signal import SignalDetector, fit, score_together
from analytics.models import Anomaly, ModelVersion, OddHour
from analytics.selectors.answers import answers_changed
from analytics.selectors.missing import LEARNED, NO_SAMPLES
from analytics.selectors.preferences import preferences
from analytics.selectors.signal_frames import frames_of, steps_of, units_of
from analytics.services.models_in_force import loaded
from analytics.services.registry import BY_RULE, champion, hash_of, keep_version, promote
from production.models import Machine
from production.selectors.machines import plant_machines
from production.shopfloor.record import instant

TASK = ModelVersion.Task.ANOMALY
LOOKED_AT = timedelta(hours=24)
FIRST_LOOK = timedelta(days=7)
CONTEXT_ROWS = 600
"""Rows before the first one that is judged, so that its score does not depend on where we begin."""
HOUR_US = 3_600_000_000
SHIFTS_SHARE = 0.2
"""Of the false alarms that a machine may raise a week; its signals have the rest."""

Tell = Callable[[float, str], None]


def watched_machines() -> list[Machine]:
    """Active machines with a process signal."""
    with_signal = plant_machines().filter(active=True, signals__role="process")
    return list(with_signal.distinct().order_by("machine_id"))


def learn(*, as_of: datetime, tell: Tell) -> tuple[SignalDetector, dict[str, int]]:
    """The detector of the two weeks before an instant, and each machine's grid in seconds.

    Raises InsufficientData with what is missing.
    """
    machines = watched_machines()
    span = Interval(as_of - LEARNED, as_of)
    steps = steps_of(machines, span)
    frames = frames_of(machines, span, steps=steps)
    if not frames:
        raise InsufficientData(
            "No process signal was sampled in the two weeks before.",
            missing=[NO_SAMPLES],
        )
    budget = preferences().alarms_a_week * (1 - SHIFTS_SHARE)
    return fit(frames, budget_per_week=budget, tell=tell), steps


def train_anomaly(*, as_of: datetime, tell: Tell) -> ModelVersion:
    """Learn and keep; the newest detector serves, because what is usual moves with the machine."""
    detector, steps = learn(as_of=as_of, tell=tell)
    parts = dump(detector)
    version = keep_version(
        task=TASK,
        as_of=as_of,
        data_hash=hash_of(*(parts[name].hex() for name in sorted(parts))),
        parts=parts,
        facts={
            "data_from": as_of - LEARNED,
            "data_to": as_of,
            "rows": len(detector.machines),
            "weights": {},
            "evidence": {
                "steps": steps,
                "thresholds": {name: one.threshold for name, one in detector.machines.items()},
                "missing": dict(detector.missing),
                "budget_per_week": detector.budget_per_week,
            },
        },
    )
    if champion(TASK) != version:
        why = "The newest two weeks are what is usual."
        promote(version, by=BY_RULE, why=why, verdict={})
    return version


def detect(*, until: datetime, tell: Tell) -> int:
    """Judge the last day, or at first the week before; how many events it holds."""
    version = champion(TASK)
    if version is None:
        return 0
    is_first = not OddHour.objects.exists()
    begin = until - (FIRST_LOOK if is_first else LOOKED_AT)
    machines = watched_machines()
    tell(10, "reading samples")
    scores = scores_between(
        loaded(version, load), version.evidence["steps"], machines, Interval(begin, until)
    )
    by_id = {machine.machine_id: machine for machine in machines}
    count = 0
    for one in scores:
        machine = by_id[one.machine]
        count += _keep_events(machine, one)
        _keep_hours(machine, one)
    answers_changed()
    return count


def scores_between(
    detector: SignalDetector, steps: Mapping[str, int], machines: Sequence[Machine], span: Interval
) -> list[Scores]:
    """The scores of each machine's rows inside a span."""
    known = {name: step for name, step in steps.items() if name in detector.machines}
    longest = max(known.values(), default=0)
    begin = span.start - timedelta(seconds=CONTEXT_ROWS * longest)
    frames = frames_of(machines, Interval(begin, span.end), steps=known)
    same = [frame for frame in frames if frame.names == detector.names[frame.machine]]
    return [_after(one, span.start) for one in _together(detector, same)]


def _together(detector: SignalDetector, frames: list[SignalFrame]) -> list[Scores]:
    return score_together(detector, frames) if frames else []


def _after(one: Scores, start: datetime) -> Scores:
    kept = one.time_us >= start.timestamp() * 1e6
    columns = ("time_us", "values", "score", "level", "is_anomaly", "share", "fitting")
    return replace(one, **{name: getattr(one, name)[kept] for name in columns})


@transaction.atomic
def _keep_events(machine: Machine, scores: Scores) -> int:
    """An event that goes on from an earlier look keeps its start and its verdict."""
    grain, units = Anomaly.Grain.SIGNAL, units_of(machine)
    found = events(scores, units)
    for event in found:
        start, end = instant(event.start_us), instant(event.end_us)
        stored = Anomaly.objects.filter(
            machine=machine, grain=grain, start__lte=end, end__gte=start
        ).first()
        columns = _columns(event, units)
        if stored is None:
            Anomaly.objects.create(machine=machine, grain=grain, start=start, end=end, **columns)
            continue
        stored.end = max(end, stored.end)
        if event.score >= stored.score:
            for name, value in columns.items():
                setattr(stored, name, value)
        stored.save()
    return len(found)


def _columns(event: Event, units: Mapping[str, str]) -> dict[str, Any]:
    return {
        "score": event.score,
        "sentence": event.sentence or "Signals together are unlike before",
        "expected": expected(event.causes[0], units) if event.causes else "",
        "signals": [
            {
                "signal": cause.signal,
                "share": cause.share,
                "direction": cause.direction,
                "value": _plain(cause.value),
                "low": _plain(cause.low),
                "high": _plain(cause.high),
            }
            for cause in event.causes
        ],
    }


def _keep_hours(machine: Machine, one: Scores) -> None:
    hours: dict[int, tuple[float, bool]] = {}
    known = np.isfinite(one.score)
    rows = zip(one.time_us[known], one.score[known], one.is_anomaly[known], strict=True)
    for time_us, score, odd in rows:
        hour = int(time_us) // HOUR_US * HOUR_US
        before, was_odd = hours.get(hour, (0.0, False))
        hours[hour] = (max(before, float(score)), was_odd or bool(odd))
    OddHour.objects.bulk_create(
        [
            OddHour(machine=machine, hour=instant(hour), score=score, is_anomaly=odd)
            for hour, (score, odd) in hours.items()
        ],
        update_conflicts=True,
        unique_fields=["machine", "hour"],
        update_fields=["score", "is_anomaly"],
    )


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
