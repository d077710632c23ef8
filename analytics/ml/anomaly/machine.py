"""One machine's normal operation: its detectors, how rare their figures are, its alarm bars."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.budget import Bars, bars
from analytics.ml.anomaly.detector import MEMORY, Arrays, Floats, Ints
from analytics.ml.anomaly.frame import Scores, SignalFrame, newest
from analytics.ml.anomaly.hysteresis import alarms
from analytics.ml.anomaly.panel import DETECTORS, Panel, within
from analytics.ml.anomaly.standard import ages
from analytics.ml.anomaly.tails import Tail

LEAST_ROWS = 240
"""Rows of operation without which nothing is known to be normal: 4 h by the minute."""
MOST_ROWS = 60_000
"""The newest rows are learned from: six weeks by the minute; more would cost and tell little."""
FOLDS = 3


@dataclass(frozen=True, slots=True)
class MachineDetector:
    """`tails` rank each detector's distance, `rank` ranks their mean, `bars` make it an alarm.

    What is normal is measured out of sample: the rows are cut into FOLDS stretches of time, and
    each is judged by detectors that saw only the others.
    """

    panel: Panel
    tails: tuple[Tail, ...]
    rank: Tail
    bars: Bars

    @classmethod
    def fit(cls, frame: SignalFrame, *, budget_per_week: float) -> Self:
        """Learn from a frame of at least LEAST_ROWS judged rows, from its newest MOST_ROWS."""
        frame = newest(frame, MOST_ROWS)
        judged = frame.judged
        values, age = _watched(frame), ages(judged)
        distances = _unseen(values, age)
        tails = tuple(Tail.fit(column) for column in distances.T)
        level = _level(tails, distances)
        rows = np.full(len(frame), np.nan)
        rows[judged] = level
        limits = bars(rows, weeks=frame.weeks, budget_per_week=budget_per_week)
        return cls(Panel.fit(values, age), tails, Tail.fit(level), limits)

    @property
    def threshold(self) -> float:
        """The score from which on an alarm begins."""
        return float(1.0 - self.rank.p(np.array([self.bars.high]))[0])

    def score(self, frame: SignalFrame) -> Scores:
        judged = frame.judged
        values, age = _watched(frame), ages(judged)
        distances = self.panel.distances(values, age)
        signals = len(frame.names)
        level = self._spread(judged, _level(self.tails, distances))
        share = self._share(values, age, distances, signals)
        return Scores(
            machine=frame.machine,
            names=frame.names,
            time_us=frame.time_us,
            values=frame.values,
            score=1.0 - self.rank.p(level),
            level=level,
            is_anomaly=alarms(level, high=self.bars.high, low=self.bars.low),
            share=self._spread(judged, share, empty=0.0),
            fitting=self._spread(judged, self.panel.fitting(values, age)[:, :signals]),
            expected_low=self.panel.standard.low[:signals],
            expected_high=self.panel.standard.high[:signals],
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        held = {f"panel.{name}": part for name, part in self.panel.arrays().items()}
        parts = dict(zip((*DETECTORS, "rank"), (*self.tails, self.rank), strict=True))
        for name, tail in parts.items():
            held |= {f"tail.{name}.{key}": part for key, part in tail.arrays().items()}
        return held | {"bars": np.array([self.bars.high, self.bars.low])}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        tails = within(arrays, "tail")
        *each, rank = (Tail.of(within(tails, name)) for name in (*DETECTORS, "rank"))
        high, low = (float(bar) for bar in arrays["bars"])
        return cls(Panel.of(within(arrays, "panel")), tuple(each), rank, Bars(high, low))

    def _share(self, values: Floats, age: Ints, distances: Floats, signals: int) -> Floats:
        """Each detector's blame as shares, weighted by how rare its distance is."""
        rows = self.panel.standard.rows(values, age)
        total = np.zeros((len(rows), signals))
        parts = zip(self.panel.detectors, self.tails, distances.T, strict=True)
        for detector, tail, distance in parts:
            blame = detector.blame(rows, age)[:, :signals]
            whole = blame.sum(axis=1, keepdims=True)
            weight = -np.log10(tail.p(distance))[:, None]
            total += weight * np.divide(blame, whole, out=np.zeros_like(blame), where=whole > 0)
        whole = total.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(total, whole, out=np.zeros_like(total), where=whole > 0))

    @staticmethod
    def _spread(judged: NDArray[np.bool_], part: Floats, empty: float = np.nan) -> Floats:
        """Figures of the judged rows put back among all rows."""
        whole = np.full((len(judged), *part.shape[1:]), empty)
        whole[judged] = part
        return whole


def _watched(frame: SignalFrame) -> Floats:
    """The judged rows' signals and, where it is known when the machine ran, its duty beside them:
    a signal that is low because the machine is cold then fits.
    """
    columns = [frame.values] if frame.running is None else [frame.values, frame.duty[:, None]]
    return np.hstack(columns)[frame.judged]


def _level(tails: tuple[Tail, ...], distances: Floats) -> Floats:
    """−log10 of the harmonic mean of the tail ranks (Wilson 2019), which may depend on each other.

    In a plain mean a detector that sees nothing hides one that is certain: ranks of 1e-6 and 0.5
    would be less rare together than 0.1 and 0.1.
    """
    ranks = np.stack([tail.p(column) for tail, column in zip(tails, distances.T, strict=True)])
    return np.asarray(np.log10(np.mean(1.0 / ranks, axis=0)))


def _unseen(values: Floats, age: Ints) -> Floats:
    """(n, detectors): each stretch of time by a panel that was fitted on the others."""
    edges = np.linspace(0, len(values), FOLDS + 1).astype(int).tolist()
    stretches = []
    for first, last in pairwise(edges):
        others = np.r_[0:first, last : len(values)]
        panel = Panel.fit(values[others], age[others])
        early = max(0, first - MEMORY)
        distances = panel.distances(values[early:last], age[early:last])
        stretches.append(distances[first - early :])
    return np.concatenate(stretches)
