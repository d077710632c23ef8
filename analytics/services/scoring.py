"""The running and the next shift of every machine, predicted once an hour and at shift starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone as clock

from analytics.ml.artefact import load
from analytics.ml.history import ShiftHistory
from analytics.ml.instants import GRACE, issue_instant
from analytics.ml.plant_total import plant_total
from analytics.ml.risk import LEVELS
from analytics.models import ModelVersion, Prediction
from analytics.selectors.answers import answers_changed
from analytics.selectors.plan import next_shift, row_of
from analytics.selectors.preferences import preferences
from analytics.selectors.shift_history import predicted_machines
from analytics.services.models_in_force import loaded
from analytics.services.registry import challenger, speaker
from analytics.services.sayings import Asked, questions, say
from analytics.services.training import TASK, history_until
from production.models import Machine
from production.selectors.calendar import plant_timezone
from production.selectors.machines import shift_calendar

AHEAD = timedelta(days=15)
BATCH = 1000

Tell = Callable[[float, str], None]


def open_questions(machines: Sequence[Machine], *, now: datetime, timezone: str) -> list[Asked]:
    """What can be asked: the running shift as of its start, the next one as of the hour."""
    heard = now - GRACE
    asked = []
    for machine in machines:
        calendar = shift_calendar(machine, timezone=timezone)
        if calendar is None:
            continue
        running, coming = calendar.at(heard), next_shift(calendar, now)
        for shift in (running, coming):
            if shift is not None:
                row = row_of(machine, shift)
                asked.append(Asked(machine.machine_id, row, issue_instant(row.start, heard)))
    return asked


def score(*, now: datetime, tell: Tell) -> int:
    """Predict what can be asked at `now` and was not yet; how many rows were stored."""
    machines = predicted_machines()
    asked = open_questions(machines, now=now, timezone=plant_timezone())
    turns = [turn for turn in _turns(asked, machines) if turn.asked]
    if not turns:
        return 0
    tell(10, "reading shifts")
    history = history_until(now, ahead=AHEAD)
    by_id = {machine.machine_id: machine for machine in machines}
    stored = 0
    for turn in turns:
        tell(30, f"model {turn.version.number} predicts {len(turn.asked)} shifts")
        stored += _store(_predictions(turn, history, by_id))
    return stored


@dataclass(frozen=True, slots=True)
class Turn:
    """What one version is asked; a shadow speaks beside the one that serves."""

    version: ModelVersion
    asked: list[Asked]
    is_shadow: bool = False


def _turns(asked: list[Asked], machines: Sequence[Machine]) -> list[Turn]:
    """Each question goes to the version whose word counts as of its instant, and to the challenger
    where that knows nothing later; what was said already is not asked again.
    """
    speakers = {as_of: speaker(TASK, as_of) for as_of in {one.as_of for one in asked}}
    turns = []
    for version in {v.pk: v for v in speakers.values() if v is not None}.values():
        mine = [one for one in asked if speakers[one.as_of] == version]
        turns.append(Turn(version, _not_yet_said(mine, machines, version)))
    beside = challenger(TASK)
    if turns and beside is not None:
        may = [o for o in asked if beside.as_of <= o.as_of and speakers[o.as_of] != beside]
        turns.append(Turn(beside, _not_yet_said(may, machines, beside), is_shadow=True))
    return turns


def _predictions(
    turn: Turn, history: ShiftHistory, machines: dict[str, Machine]
) -> list[Prediction]:
    asked = [one for one in turn.asked if one.machine_id in history.machines]
    thresholds = preferences().thresholds
    model = loaded(turn.version, load)
    said = say(model, history, questions(history, asked), thresholds=thresholds)
    issued = clock.now()
    rows = [
        Prediction(
            machine=machines[one.machine_id],
            version=turn.version,
            is_shadow=turn.is_shadow,
            issued_at=issued,
            **_place(one),
            **numbers,
        )
        for one, numbers in zip(asked, said, strict=True)
    ]
    return rows + _plant_rows(rows)


def _place(one: Asked) -> dict[str, Any]:
    return {
        "production_date": one.row.day,
        "shift": one.row.shift,
        "shift_start": one.row.start,
        "shift_end": one.row.end,
        "planned_min": one.row.planned_min,
        "as_of": one.as_of,
    }


def _plant_rows(rows: list[Prediction]) -> list[Prediction]:
    """The plant's total of each shift that all the asked machines have in common."""
    groups: dict[tuple[datetime, datetime], list[Prediction]] = {}
    for row in rows:
        groups.setdefault((row.shift_start, row.as_of), []).append(row)
    return [_plant_row(group) for group in groups.values()]


def _plant_row(group: list[Prediction]) -> Prediction:
    first = group[0]
    planned = np.array([row.planned_min for row in group])
    total = plant_total(
        quantiles=np.array([[r.lo95, r.lo80, r.median_min, r.hi80, r.hi95] for r in group]),
        expected_min=np.array([row.expected_min for row in group]),
        planned_min=planned,
        correlation=first.version.evidence.get("correlation", 0.0),
    )
    return Prediction(
        machine=None,
        version=first.version,
        is_shadow=first.is_shadow,
        production_date=first.production_date,
        shift=first.shift,
        shift_start=first.shift_start,
        shift_end=max(row.shift_end for row in group),
        as_of=first.as_of,
        issued_at=first.issued_at,
        served=first.served,
        planned_min=float(planned.sum()),
        usual_min=sum(row.usual_min for row in group),
        risk=max((row.risk for row in group), key=LEVELS.index),
        down_now=any(row.down_now for row in group),
        naive_min=sum(row.naive_min for row in group),
        **{name: getattr(total, name) for name in total.__slots__},
    )


@transaction.atomic
def _store(rows: list[Prediction]) -> int:
    """What somebody else stored meanwhile stays as it was."""
    before = Prediction.objects.count()
    Prediction.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    answers_changed()
    return Prediction.objects.count() - before


def _not_yet_said(
    asked: list[Asked], machines: Sequence[Machine], version: ModelVersion
) -> list[Asked]:
    ids = {machine.machine_id: machine.pk for machine in machines}
    said = set(
        Prediction.objects.filter(
            version=version, shift_start__in={one.row.start for one in asked}
        ).values_list("machine_id", "shift_start", "as_of")
    )
    return [one for one in asked if (ids[one.machine_id], one.row.start, one.as_of) not in said]
