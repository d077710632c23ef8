"""A trained downtime model: what serves, what it promises, and what shows that it may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.ml.calibration import Calibration
from analytics.ml.ensemble import Ensemble
from analytics.ml.features import features
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Ints, Questions, ShiftHistory


@dataclass(frozen=True, slots=True)
class Guard:
    """`serves` is "model" or a naive member's name; `reason` a sentence for people."""

    serves: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What answers one kind of question: at the start of a shift, or ahead of it.

    `names` and `factors` are the features in use; `usual` (machine + 1, feature) their medians.
    `skill` is 1 − our error / the best naive member's, on shifts that nothing was learned from.
    """

    names: tuple[str, ...]
    factors: tuple[str, ...]
    usual: Floats
    ensemble: Ensemble
    calibration: Calibration
    guard: Guard
    best_naive: str
    skill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeModel:
    """`branches` are "start" and "ahead". `metrics` by member and `evidence` are plain lists,
    numbers and words, of shifts asked for at their start.
    """

    machines: tuple[str, ...]
    shift_names: tuple[str, ...]
    signals: tuple[str, ...]
    branches: dict[str, Branch]
    trained_to_us: int
    metrics: dict[str, Any]
    evidence: dict[str, Any]

    @property
    def weights(self) -> dict[str, float]:
        """Of the members that make up the median at the start of a shift."""
        return self.branches["start"].ensemble.median_weights

    @property
    def guard(self) -> Guard:
        """Who serves at the start of a shift, and why."""
        return self.branches["start"].guard

    @property
    def skill_vs_naive(self) -> float:
        """At the start of a shift."""
        return self.branches["start"].skill

    def table(self, history: ShiftHistory, questions: Questions) -> FeatureTable:
        """All features, with shifts and process signals numbered as in training."""
        shift = _renumbered(questions.shift, history.shift_names, self.shift_names)
        return features(self._aligned(history), replace(questions, shift=shift))

    def places(self, history: ShiftHistory, machine: Ints) -> Ints:
        """Each question's machine's place in training, by name; one past the last where unknown."""
        known = {name: place for place, name in enumerate(self.machines)}
        rows = np.array([known.get(name, len(known)) for name in history.machines], np.int64)
        places: Ints = rows[machine]
        return places

    def _aligned(self, history: ShiftHistory) -> ShiftHistory:
        """Process signals in the order of training."""
        if history.signals == self.signals:
            return history
        stats = np.full((len(history), len(self.signals), 3), np.nan)
        for place, name in enumerate(self.signals):
            if name in history.signals:
                stats[:, place] = history.signal_stats[:, history.signals.index(name)]
        return replace(history, signals=self.signals, signal_stats=stats)


def _renumbered(shift: Ints, now: tuple[str, ...], then: tuple[str, ...]) -> Ints:
    if now == then:
        return shift
    numbers = np.array([then.index(name) if name in then else -1 for name in now], np.int64)
    renumbered: Ints = numbers[shift]
    return renumbered
