"""What a downtime model says of planned shifts, as rows: the same for live scoring and replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from analytics.ml import downtime
from analytics.ml.history import Questions, ShiftHistory
from analytics.ml.model import DowntimeModel
from analytics.ml.risk import risk_of
from analytics.selectors.plan import PlannedRow
from production.shopfloor.record import us

NUMBERS = (
    "median_min", "expected_min", "usual_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30",
    "confidence", "agreement",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One planned shift of a machine, as of an instant at or before its start."""

    machine_id: str
    row: PlannedRow
    as_of: datetime


def questions(history: ShiftHistory, asked: Sequence[Asked]) -> Questions:
    """The questions as arrays over the history's own machines and shift names."""
    machines = {name: n for n, name in enumerate(history.machines)}
    shifts = {name: n for n, name in enumerate(history.shift_names)}

    def ints(values: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    return Questions(
        machine=ints([machines[one.machine_id] for one in asked]),
        # a shift that the past does not know yet
        shift=ints([shifts.get(one.row.shift, -1) for one in asked]),
        weekday=ints([one.row.day.weekday() for one in asked]),
        start_us=ints([us(one.row.start) for one in asked]),
        end_us=ints([us(one.row.end) for one in asked]),
        planned_min=np.array([one.row.planned_min for one in asked], dtype=np.float64),
        as_of_us=ints([us(one.as_of) for one in asked]),
    )


def say(
    model: DowntimeModel,
    history: ShiftHistory,
    asked: Questions,
    *,
    thresholds: tuple[float, float, float],
    explain: bool = True,
) -> list[dict[str, Any]]:
    """For each question the columns of a Prediction that the model decides.

    Without explanation, which takes nine tenths of the time, there are no factors and no usual
    minutes.
    """
    said = downtime.predict(model, history, asked, explain=explain)
    rows = []
    for i in range(len(asked)):
        numbers = {name: float(getattr(said, name)[i]) for name in NUMBERS}
        down = bool(said.down_now[i])
        rows.append(
            numbers
            | {
                "down_now": down,
                "risk": risk_of(numbers["p_downtime_30"], down, thresholds),
                "served": said.served[i],
                "naive_min": float(said.naive_min[i]),
                "factors": [list(one) for one in said.contributions[i]],
            }
        )
    return rows
