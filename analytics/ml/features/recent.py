"""What the last few ended shifts of a machine were like."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Floats, Ints, Questions, ShiftHistory
from analytics.ml.past import LOOK_BACK, Past, per_8_hours, places, sums_of

DAY_US = 86_400_000_000
TOLERANCE_US = 5_400_000_000
"""A shift of another day begins within 1.5 h of the same time: summer time shifts it by one."""
LAG_DAYS = (1, 2, 3, 7)


def recent_features(history: ShiftHistory, questions: Questions, past: Past) -> dict[str, Floats]:
    """Minutes down and stops of the last shifts, and of the same shift on earlier days."""
    rate = per_8_hours(history)
    sums = sums_of(rate)
    columns = {f"downtime_lag_{n}": past.back(rate, n) for n in (1, 2, 3)}
    columns |= {
        f"downtime_lag_{days}_d": _same_shift(history, questions, past, days) for days in LAG_DAYS
    }
    columns |= {f"downtime_mean_{n}": past.mean(sums, n) for n in (3, 9)}
    columns |= {
        "downtime_lag_share": past.back(history.downtime_min / _planned(history), 1),
        "shifts_since_downtime": _since_downtime(rate, past),
        "downtime_when_last_down": _when_last_down(rate, past),
        "stops_lag_1": past.back(history.stops, 1),
        "stops_mean_3": past.mean(sums_of(history.stops), 3),
    }
    return columns


def last_downtime_row(rate: Floats) -> Ints:
    """For each row the last one up to it, over all machines, that had downtime; −1 for none."""
    rows = np.where(rate > 0, np.arange(len(rate)), -1)
    return np.maximum.accumulate(rows).astype(np.int64) if len(rows) else rows.astype(np.int64)


def _planned(history: ShiftHistory) -> Floats:
    return np.where(history.planned_min > 0, history.planned_min, np.nan)


def _same_shift(history: ShiftHistory, questions: Questions, past: Past, days: int) -> Floats:
    if not len(history):
        return np.full(len(questions), np.nan)
    wanted = questions.start_us - days * DAY_US
    row = places(
        history.machine,
        history.start_us,
        at=questions.machine,
        as_of_us=wanted - TOLERANCE_US,
        including=False,
    )
    held = np.minimum(row, len(history) - 1)
    is_it = (row >= past.first) & (row < past.stop)
    is_it &= history.start_us[held] <= wanted + TOLERANCE_US
    return np.where(is_it, per_8_hours(history)[held], np.nan)


def _since_downtime(rate: Floats, past: Past) -> Floats:
    """Ended shifts since the last one with downtime, 0 when that was the last one."""
    since = np.minimum(past.stop - 1 - _last_row(rate, past), LOOK_BACK)
    return np.asarray(since, np.float64)


def _when_last_down(rate: Floats, past: Past) -> Floats:
    row = _last_row(rate, past)
    near = (row >= past.first) & (past.stop - 1 - row < LOOK_BACK)
    if not len(rate):
        return np.full(len(row), np.nan)
    return np.where(near, rate[np.maximum(row, 0)], np.nan)


def _last_row(rate: Floats, past: Past) -> Ints:
    if not len(rate):
        return past.first - 1
    row = last_downtime_row(rate)[np.maximum(past.stop - 1, 0)]
    return np.where(past.stop > past.first, np.maximum(row, past.first - 1), past.first - 1)
