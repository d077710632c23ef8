"""Why nothing is predicted yet: what there is, what is needed, and when there will be enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from analytics.ml.anomaly.machine import LEAST_ROWS
from analytics.ml.sufficiency import lacking
from analytics.models import ModelVersion, Run
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.plan import shifts_to_come
from analytics.selectors.shift_history import predicted_machines
from analytics.selectors.signal_frames import has_samples
from analytics.selectors.untrained import untrained
from production.models import Machine, ProductionRecord, Signal
from production.selectors.calendar import plant_timezone

SEARCH = timedelta(days=60)
LEARNED = timedelta(days=14)
"""What is usual for signals is learned from so much of the past."""
NO_SAMPLES = f"Samples of process signals in two weeks: have 0, need {LEAST_ROWS} a machine."


def why_no_risk(now: datetime, *, machine_id: str | None = None) -> Insufficient:
    """The sentences of a plant, or of one machine, that has no prediction of its next shift."""
    machines = predicted_machines()
    if machine_id is not None:
        machines = [m for m in machines if m.machine_id == machine_id]
    if not machines:
        return Insufficient(missing=[no_pattern(machine_id)])
    have = usable_shifts(machines)
    found = lacking(list(have.values()))
    if found.sentences:
        ready_at = _enough_at(machines, found.shifts, now)
        return Insufficient(missing=found.sentences, ready_at=ready_at)
    return untrained(ModelVersion.Task.DOWNTIME, ["train_downtime"])


def usable_shifts(machines: list[Machine]) -> dict[str, int]:
    """How many shifts of each machine have a known downtime."""
    known = ProductionRecord.objects.filter(
        effective=True, machine__in=machines, adet_s__isnull=False
    ).order_by()
    counted = dict(known.values_list("machine__machine_id").annotate(n=Count("pk")))
    return {machine.machine_id: counted.get(machine.machine_id, 0) for machine in machines}


def _enough_at(machines: list[Machine], shifts: int, now: datetime) -> datetime | None:
    """When so many more planned shifts of the machine that has fewest will have ended."""
    timezone = plant_timezone()
    coming = [shifts_to_come(m, start=now, end=now + SEARCH, timezone=timezone) for m in machines]
    ends = [planned[shifts - 1].interval.end for planned in coming if len(planned) >= shifts]
    return max(ends, default=None)


def no_pattern(machine_id: str | None) -> str:
    """The sentence of a plant, or of one machine, for which no shift is planned."""
    if machine_id is not None:
        return f"{machine_id} has no shift pattern or is not active: have 0 planned shifts, need 1."
    return "No active machine has a shift pattern: have 0 machines with planned shifts, need 1."


def why_no_anomalies(now: datetime) -> Insufficient:
    """What lacks before a machine's usual operation is known."""
    watched = Signal.objects.filter(role=Signal.Role.PROCESS, machine__active=True)
    ids = list(watched.values_list("pk", flat=True))
    if not ids:
        return Insufficient(
            missing=["No active machine has a process signal: have 0 machines, need 1."]
        )
    run = Run.objects.filter(kind="train_anomaly").order_by("-due_at").first()
    if run is not None and run.state == Run.State.THIN:
        return Insufficient(missing=run.detail["missing"])
    if not has_samples(ids, since=now - LEARNED):
        return Insufficient(missing=[NO_SAMPLES])
    return untrained(ModelVersion.Task.ANOMALY, ["train_anomaly"])
