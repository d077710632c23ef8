"""Whether a history is long enough to predict from, and in sentences what it lacks."""

from __future__ import annotations

import math

import numpy as np

from amis.errors import InsufficientData
from analytics.ml.history import Ints, ShiftHistory

LEAST_SHIFTS, LEAST_A_MACHINE = 60, 20
LEARNABLE_SHIFTS, LEARNABLE_STOPS = 800, 40


def usable_rows(history: ShiftHistory) -> Ints:
    """Planned shifts whose downtime is known."""
    known = np.isfinite(history.downtime_min) & (history.planned_min > 0)
    return np.flatnonzero(known).astype(np.int64)


def require_enough(history: ShiftHistory) -> Ints:
    """The usable rows, or InsufficientData with have and need."""
    rows = usable_rows(history)
    counts = np.bincount(history.machine[rows], minlength=len(history.machines))
    counts = counts[counts > 0]
    a_machine = float(np.median(counts)) if len(counts) else 0.0
    lacking = []
    if len(rows) < LEAST_SHIFTS:
        lacking.append(
            f"{len(rows)} planned shifts with known downtime are there; {LEAST_SHIFTS} are needed."
        )
    if a_machine < LEAST_A_MACHINE:
        lacking.append(
            f"The typical machine has {a_machine:.0f} such shifts; {LEAST_A_MACHINE} are needed."
        )
    if lacking:
        short = (LEAST_SHIFTS - len(rows)) / max(1, len(counts))
        needs = max(math.ceil(LEAST_A_MACHINE - a_machine), math.ceil(short), 1)
        raise InsufficientData(" ".join(lacking), missing=lacking, needs_shifts=needs)
    return rows


def is_learnable(history: ShiftHistory, rows: Ints) -> bool:
    """Whether trees have enough to learn from: shifts, and shifts with downtime."""
    stops = int((history.downtime_min[rows] > 0).sum())
    return len(rows) >= LEARNABLE_SHIFTS and stops >= LEARNABLE_STOPS
