"""Why nothing is predicted yet: what there is, what is needed, and when there will be enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from analytics.ml.sufficiency import lacking
from analytics.models import ModelVersion, Run
from analytics.selectors.outlook_shapes import Insufficient
from analytics.selectors.plan import shifts_to_come
from analytics.selectors.shift_history import predicted_machines
from production.models import Machine, ProductionRecord
from production.selectors.calendar import plant_timezone

SEARCH = timedelta(days=60)


def why_no_risk(now: datetime, *, machine_id: str | None = None) -> Insufficient:
    """The sentences of a plant, or of one machine, that has no prediction of its next shift."""
    machines = predicted_machines()
    if machine_id is not None:
        machines = [m for m in machines if m.machine_id == machine_id]
    if not machines:
        return Insufficient(missing=[_no_pattern(machine_id)])
    have = usable_shifts(machines)
    found = lacking(list(have.values()))
    if found.sentences:
        ready_at = _enough_at(machines, found.shifts, now)
        return Insufficient(missing=found.sentences, ready_at=ready_at)
    return Insufficient(missing=[_not_trained(ModelVersion.Task.DOWNTIME, "train_downtime")])


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


def _no_pattern(machine_id: str | None) -> str:
    if machine_id is not None:
        return f"{machine_id} has no shift pattern or is not active: have 0 planned shifts, need 1."
    return "No active machine has a shift pattern: have 0 machines with planned shifts, need 1."


def _not_trained(task: str, kind: str) -> str:
    """There are data enough, and no model has learned from them yet."""
    if ModelVersion.objects.filter(task=task).exists():
        return "The model is trained and its first predictions are being made: have 0, need 1."
    run = Run.objects.filter(kind=kind).order_by("-due_at").first()
    if run is not None and run.state == Run.State.FAILED:
        return (
            f"Training failed: {run.detail.get('message', 'see the log.')} Have 0 models, need 1."
        )
    step = run.job.step if run is not None and run.job and run.job.step else "it begins soon"
    return f"No model is trained yet ({step}): have 0 models, need 1."


def why_no_anomalies() -> Insufficient:
    """What lacks before a machine's usual operation is known."""
    run = Run.objects.filter(kind="train_anomaly").order_by("-due_at").first()
    if run is not None and run.state == Run.State.THIN:
        return Insufficient(missing=run.detail["missing"])
    return Insufficient(missing=[_not_trained(ModelVersion.Task.ANOMALY, "train_anomaly")])
