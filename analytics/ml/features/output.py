"""How well the machine produced in earlier shifts: defects, quality, efficiency, pieces."""

from __future__ import annotations

from analytics.ml.history import Floats, ShiftHistory
from analytics.ml.past import Past, divided, sums_of


def output_features(history: ShiftHistory, past: Past) -> dict[str, Floats]:
    """Ratios 0..1 of the last shift and of the last 9 and 63; pieces against the usual."""
    defects = divided(history.defective, history.units)
    units = past.mean(sums_of(history.units), 63)
    columns = {
        "defect_rate_lag_1": past.back(defects, 1),
        "quality_lag_1": past.back(history.quality, 1),
        "efficiency_lag_1": past.back(history.efficiency, 1),
        "units_against_usual": divided(past.back(history.units, 1), units),
    }
    for name, column in (
        ("defect_rate", defects),
        ("quality", history.quality),
        ("efficiency", history.efficiency),
    ):
        sums = sums_of(column)
        columns |= {f"{name}_mean_{n}": past.mean(sums, n) for n in (9, 63)}
    return columns
