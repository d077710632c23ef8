"""What the other machines of the plant are doing: trouble often comes to several at once."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import STILL_DOWN_US, Floats, Questions, ShiftHistory
from analytics.ml.past import FIXED_POINT, Sums, divided, per_8_hours, sums_of

DAY_US = 86_400_000_000
WINDOW_DAYS = {"fleet_mean_8_h": 1 / 3, "fleet_mean_3_d": 3, "fleet_mean_30_d": 30}


def fleet_features(history: ShiftHistory, questions: Questions) -> dict[str, Floats]:
    """Mean downtime of all machines' shifts that ended lately; the share of machines down now."""
    order = np.argsort(history.end_us, kind="stable")
    ends = history.end_us[order]
    sums = sums_of(per_8_hours(history)[order])
    high = np.searchsorted(ends, questions.as_of_us, side="right")
    columns = {}
    for name, days in WINDOW_DAYS.items():
        low = np.searchsorted(ends, questions.as_of_us - int(days * DAY_US), side="right")
        columns[name] = _between(sums, low, high)
    return columns | {"fleet_down_share": _down_share(history, questions)}


def _between(sums: Sums, low: np.ndarray, high: np.ndarray) -> Floats:
    total = (sums.totals[high] - sums.totals[low]) / FIXED_POINT
    return divided(total, (sums.counts[high] - sums.counts[low]).astype(np.float64))


def _down_share(history: ShiftHistory, questions: Questions) -> Floats:
    as_of = questions.as_of_us
    begun = np.searchsorted(np.sort(history.down_start_us), as_of, side="left")
    known_ends = np.sort(history.down_end_us[history.down_end_us != STILL_DOWN_US])
    down = begun - np.searchsorted(known_ends, as_of, side="left")
    return np.where(begun > 0, down / max(1, len(history.machines)), np.nan)
