"""Whether a history is long enough to predict from, and in sentences what it lacks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from amis.errors import InsufficientData
from analytics.ml.history import Floats, Ints, ShiftHistory

LEAST_SHIFTS, LEAST_A_MACHINE = 60, 20
LEARNABLE_SHIFTS, LEARNABLE_STOPS = 800, 40


def usable_rows(history: ShiftHistory) -> Ints:
    """Planned shifts whose downtime is known."""
    known = np.isfinite(history.downtime_min) & (history.planned_min > 0)
    return np.flatnonzero(known).astype(np.int64)


def require_enough(history: ShiftHistory) -> Ints:
    """The usable rows, or InsufficientData with have and need."""
    rows = usable_rows(history)
    found = lacking(np.bincount(history.machine[rows], minlength=len(history.machines)).tolist())
    if found.sentences:
        raise InsufficientData(
            " ".join(found.sentences), missing=found.sentences, needs_shifts=found.shifts
        )
    return rows


class Lacking(NamedTuple):
    """Sentences with have and need, and how many more shifts a machine; none, 0 for enough."""

    sentences: list[str]
    shifts: int


def lacking(usable: Sequence[int]) -> Lacking:
    """From how many shifts with known downtime each machine has.

    >>> lacking([5, 0]).sentences
    ['Planned shifts with a known downtime: have 5, need 60.', \
'Of these the typical machine: have 5, need 20.']
    """
    counts = [count for count in usable if count]
    total, typical = sum(counts), float(np.median(counts)) if counts else 0.0
    sentences = []
    if total < LEAST_SHIFTS:
        sentences.append(
            f"Planned shifts with a known downtime: have {total}, need {LEAST_SHIFTS}."
        )
    if typical < LEAST_A_MACHINE:
        sentences.append(
            f"Of these the typical machine: have {typical:.0f}, need {LEAST_A_MACHINE}."
        )
    short = (LEAST_SHIFTS - total) / max(1, len(counts) or len(usable))
    needs = max(math.ceil(LEAST_A_MACHINE - typical), math.ceil(short), 1)
    return Lacking(sentences, needs if sentences else 0)


def is_learnable(downtime_min: Floats) -> bool:
    """Whether trees have enough to learn from: shifts, and shifts with downtime."""
    stops = int((downtime_min > 0).sum())
    return len(downtime_min) >= LEARNABLE_SHIFTS and stops >= LEARNABLE_STOPS
