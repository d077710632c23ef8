"""What is planned: the shift asked for, how far ahead it is, maintenance done and due."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Floats, Questions, ShiftHistory
from analytics.ml.past import Past, sums_of

MINUTE_US = 60_000_000


def plan_features(history: ShiftHistory, questions: Questions, past: Past) -> dict[str, Floats]:
    """Shift of the day, weekday 0..6, planned minutes, minutes ahead, planned maintenance."""
    maintenance = history.maintenance_min
    return {
        "shift": questions.shift.astype(np.float64),
        "weekday": questions.weekday.astype(np.float64),
        "planned_min": questions.planned_min,
        "lead_min": (questions.start_us - questions.as_of_us) / MINUTE_US,
        "maintenance_lag_1_min": past.back(maintenance, 1),
        "maintenance_mean_21_min": past.mean(sums_of(maintenance), 21),
        "maintenance_mean_63_min": past.mean(sums_of(maintenance), 63),
    }
