"""What the detector must be better than: alarms that know nothing, and simpler ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.ml.anomaly.budget import bars
from analytics.ml.anomaly.detector import Bools, Floats
from analytics.ml.anomaly.frame import SignalFrame
from analytics.ml.anomaly.hysteresis import alarms
from analytics.ml.anomaly.machine import MachineDetector
from analytics.ml.anomaly.panel import DETECTORS
from analytics.ml.anomaly.signal import fit, score
from analytics.ml.anomaly.standard import ages
from benchmarks.anomaly_sets import Labelled

SEED = 7
CONTAMINATION = 0.05
Z_LIMIT = 3.5
"""Iglewicz and Hoaglin's limit for a robust z."""
Said = dict[str, tuple[Floats, Bools]]


def all_say(one: Labelled, *, budget_per_week: float) -> Said:
    """By name: score and alarm of each row that is judged."""
    past = cut(one.frame, one.fit_rows)
    detector = fit([past], budget_per_week=budget_per_week)
    ours = score(detector, one.frame)
    said: Said = {"AMIS": (ours.score, ours.is_anomaly)}
    known = detector.machines[one.frame.machine]
    said |= _alone(known, one, budget_per_week)
    said["usual recipe: IsolationForest 5 %"] = _usual_recipe(one)
    said["robust z > 3.5, any signal"] = _robust_z(one)
    rows = len(one.frame)
    random = np.random.default_rng(SEED).random(rows)
    said["random alarms, as many as odd rows"] = (random, random > 1 - one.is_odd.mean())
    said["always on"] = (np.ones(rows), np.ones(rows, dtype=bool))
    return {name: (s[one.fit_rows :], on[one.fit_rows :]) for name, (s, on) in said.items()}


def cut(frame: SignalFrame, rows: int) -> SignalFrame:
    return replace(frame, time_us=frame.time_us[:rows], values=frame.values[:rows])


def _alone(known: MachineDetector, one: Labelled, budget_per_week: float) -> Said:
    """Each detector by itself, with the same rank and the same budget on the rows of the fit."""
    values, age = one.frame.values, ages(one.frame.judged)
    distances = known.panel.distances(values, age)
    weeks = cut(one.frame, one.fit_rows).weeks
    said: Said = {}
    for name, tail, distance in zip(DETECTORS, known.tails, distances.T, strict=True):
        level = -np.log10(tail.p(distance))
        limit = bars(level[: one.fit_rows], weeks=weeks, budget_per_week=budget_per_week)
        said[f"{name} alone"] = (level, alarms(level, high=limit.high, low=limit.low))
    return said


def _usual_recipe(one: Labelled) -> tuple[Floats, Bools]:
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(contamination=CONTAMINATION, random_state=SEED, n_jobs=1)
    forest.fit(one.frame.values[: one.fit_rows])
    return -forest.score_samples(one.frame.values), forest.predict(one.frame.values) < 0


def _robust_z(one: Labelled) -> tuple[Floats, Bools]:
    past = one.frame.values[: one.fit_rows]
    middle = np.median(past, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(past - middle), axis=0), 1e-9)
    z = np.max(np.abs(one.frame.values - middle) / spread, axis=1)
    return z, z > Z_LIMIT
