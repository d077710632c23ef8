"""What is usual for the machine: rolling means and medians, shares with downtime, spread."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Floats, ShiftHistory
from analytics.ml.past import LOOK_BACK, Past, divided, per_8_hours, sums_of

WINDOWS = (21, 63, LOOK_BACK)
MEDIANS = (21, 63)
HALF_LIVES = {6: 36, 21: 126}
"""Half-life of each exponential mean in shifts, and how far back it is summed up (1/64 is left)."""


def usual_features(history: ShiftHistory, past: Past) -> dict[str, Floats]:
    """Minutes of downtime a shift over longer windows, and what share of shifts had any."""
    rate = per_8_hours(history)
    sums = sums_of(rate)
    had = sums_of(np.where(np.isfinite(rate), (rate > 0).astype(np.float64), np.nan))
    long = sums_of(np.where(np.isfinite(rate), (rate >= 30).astype(np.float64), np.nan))
    columns = {f"downtime_mean_{n}": past.mean(sums, n) for n in WINDOWS}
    columns |= {f"downtime_median_{n}": past.median(rate, n) for n in MEDIANS}
    columns |= {f"downtime_share_{n}": past.mean(had, n) for n in (9, *WINDOWS)}
    columns |= {f"long_downtime_share_{n}": past.mean(long, n) for n in (21, LOOK_BACK)}
    columns |= {f"downtime_ewma_{n}": _ewma(rate, past, n) for n in HALF_LIVES}
    nine, usual = past.mean(sums, 9), columns[f"downtime_mean_{LOOK_BACK}"]
    square = sums_of(np.square(rate) / 480.0)
    return columns | {
        "downtime_std_21": _spread(past, columns["downtime_mean_21"], past.mean(square, 21)),
        "downtime_max_21": _highest(rate, past, 21),
        "downtime_against_usual": divided(nine + 1.0, usual + 1.0),
        "stops_mean_9": past.mean(sums_of(history.stops), 9),
        "stops_mean_63": past.mean(sums_of(history.stops), 63),
    }


def _ewma(rate: Floats, past: Past, half_life: int) -> Floats:
    """Exponentially weighted mean of the known shifts, the newest weighing most."""
    above, below = np.zeros(len(past.stop)), np.zeros(len(past.stop))
    for shifts in range(1, HALF_LIVES[half_life] + 1):
        weight = 0.5 ** (shifts / half_life)
        value = past.back(rate, shifts)
        known = np.isfinite(value)
        above += np.where(known, weight * value, 0.0)
        below += weight * known
    return divided(above, below)


def _spread(past: Past, mean: Floats, square: Floats) -> Floats:
    return np.sqrt(np.maximum(square * 480.0 - np.square(mean), 0.0))


def _highest(rate: Floats, past: Past, window: int) -> Floats:
    highest = past.back(rate, 1)
    for shifts in range(2, window + 1):
        highest = np.fmax(highest, past.back(rate, shifts))
    return highest
