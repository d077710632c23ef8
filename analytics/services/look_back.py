"""The eight weeks before a plant's first model, replayed, so that its record can be judged at once.

Each week is answered by a model that knew nothing of it. The rows say that they are a replay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone as clock

from analytics.ml.instants import plant_day
from analytics.models import Prediction
from analytics.models.prediction import Origin
from analytics.selectors.answers import answers_changed
from analytics.selectors.shift_history import predicted_machines
from analytics.services.replay.downtime_past import Answer, DowntimePast
from analytics.services.replay.span import Cadence, Span
from production.shopfloor.record import instant

WEEKS = 8

Tell = Callable[[float, str], None]


def look_back(*, until: datetime, tell: Tell) -> int:
    """Replay the shifts of the eight weeks before an instant; how many rows were stored."""
    span = Span(start=until - timedelta(weeks=WEEKS), end=until)
    past = DowntimePast.of(span, Cadence(), now=until)
    pks = {machine.machine_id: machine.pk for machine in predicted_machines()}
    parts = past.parts()
    stored = 0
    for n, (source, places) in enumerate(parts):
        tell(100 * n / len(parts), f"the week that a model {source.name} answers")
        said = [one for one in past.answers(source, places) if one.said is not None]
        rows = [_prediction(past, answer, pks) for answer in said]
        stored += len(Prediction.objects.bulk_create(rows, ignore_conflicts=True))
    answers_changed()
    return stored


def _prediction(past: DowntimePast, answer: Answer, pks: dict[str, int]) -> Prediction:
    history, row = past.history, answer.row
    start, actual = instant(int(history.start_us[row])), float(history.downtime_min[row])
    is_known = np.isfinite(actual)
    return Prediction(
        machine_id=pks[history.machines[history.machine[row]]],
        version=None,
        origin=Origin.REPLAY,
        production_date=plant_day(start, past.timezone),
        shift=history.shift_names[history.shift[row]],
        shift_start=start,
        shift_end=instant(int(history.end_us[row])),
        planned_min=float(history.planned_min[row]),
        as_of=answer.as_of,
        issued_at=clock.now(),
        actual_min=actual if is_known else None,
        graded_at=clock.now() if is_known else None,
        **(answer.said or {}),
    )
