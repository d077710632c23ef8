"""Process signals of the last ended shift, as they were and against what is usual."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Floats, ShiftHistory
from analytics.ml.past import Past, sums_of

STATISTICS = ("mean", "slope", "max")
USUAL_SHIFTS = 63


def process_features(history: ShiftHistory, past: Past) -> dict[str, Floats]:
    """Mean, slope an hour and highest of each signal, and the mean less that of 63 shifts.

    Names hold the signal's place and not its name, which may be anything.
    """
    columns: dict[str, Floats] = {}
    for place in range(len(history.signals)):
        stats = history.signal_stats[:, place, :]
        for number, statistic in enumerate(STATISTICS):
            column = np.ascontiguousarray(stats[:, number])
            columns[f"signal_{place}_{statistic}"] = past.back(column, 1)
        usual = past.mean(sums_of(np.ascontiguousarray(stats[:, 0])), USUAL_SHIFTS)
        columns[f"signal_{place}_change"] = columns[f"signal_{place}_mean"] - usual
    return columns
