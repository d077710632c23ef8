"""Odd shifts: more downtime, more defects or fewer pieces than the machine's shifts before."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from analytics.ml.anomaly.shift import Foretold, ShiftScores, score_shifts
from analytics.ml.history import Ints, ShiftHistory
from analytics.models import Anomaly, Prediction
from analytics.selectors.preferences import preferences
from analytics.selectors.shift_history import predicted_machines
from analytics.selectors.track_record import last_said
from analytics.services.anomalies import SHIFTS_SHARE
from analytics.services.training import history_until
from production.shopfloor.record import instant, us

LOOKED_AT = timedelta(days=14)


def detect_shifts(*, until: datetime) -> int:
    """Judge the shifts that ended in the two weeks before; how many are odd."""
    history = history_until(until)
    ended = (history.end_us <= us(until)) & (history.start_us >= us(until - LOOKED_AT))
    rows = np.flatnonzero(ended & np.isfinite(history.downtime_min)).astype(np.int64)
    found = judged(history, rows, foretold=_foretold(history, until))
    pks = {machine.machine_id: machine.pk for machine in predicted_machines()}
    for place in np.flatnonzero(found.is_anomaly).tolist():
        _keep(history, found, place, pks)
    return int(found.is_anomaly.sum())


def judged(history: ShiftHistory, rows: Ints, *, foretold: Foretold | None) -> ShiftScores:
    """The scores of rows under the plant's budget of false alarms."""
    budget = SHIFTS_SHARE * preferences().alarms_a_week
    return score_shifts(history, rows, foretold=foretold, budget_per_week=budget)


def _keep(history: ShiftHistory, found: ShiftScores, place: int, pks: dict[str, int]) -> None:
    """Once a shift; what a person said of it stays."""
    row = int(found.rows[place])
    Anomaly.objects.get_or_create(
        machine_id=pks[history.machines[history.machine[row]]],
        grain=Anomaly.Grain.SHIFT,
        start=instant(int(history.start_us[row])),
        defaults={
            "end": instant(int(history.end_us[row])),
            "score": float(found.score[place]),
            "sentence": "; ".join(found.reasons[place]),
        },
    )


def _foretold(history: ShiftHistory, until: datetime) -> Foretold:
    """What was said last before each shift; NaN where nothing was."""
    said = last_said(
        Prediction.objects.filter(
            machine__isnull=False, is_shadow=False, shift_start__gte=until - timedelta(days=90)
        )
    )
    index = {name: n for n, name in enumerate(history.machines)}
    rows = {
        (int(m), int(s)): n
        for n, (m, s) in enumerate(zip(history.machine, history.start_us, strict=True))
    }
    median, hi80 = np.full(len(history), np.nan), np.full(len(history), np.nan)
    columns = ("machine__machine_id", "shift_start", "median_min", "hi80")
    for machine_id, start, middle, high in said.values_list(*columns):
        row = rows.get((index.get(machine_id, -1), us(start)))
        if row is not None:
            median[row], hi80[row] = middle, high
    return Foretold(median_min=median, hi80=hi80)
