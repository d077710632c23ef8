"""Odd operation of machines by their process signals: fit on a normal past, score what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from amis.errors import InsufficientData
from analytics.ml.anomaly.detector import Bools
from analytics.ml.anomaly.fdr import SHARE, discoveries
from analytics.ml.anomaly.frame import Scores, SignalFrame
from analytics.ml.anomaly.machine import LEAST_ROWS, MachineDetector

Tell = Callable[[float, str], None]


def silent(percent: float, step: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDetector:
    """One detector a machine that had enough operation; `missing` has a sentence for each other."""

    names: Mapping[str, tuple[str, ...]]
    machines: Mapping[str, MachineDetector]
    missing: Mapping[str, str]
    budget_per_week: float

    def with_others(self, later: SignalDetector) -> SignalDetector:
        """Together with the machines that only a later fit knows."""
        return replace(
            self,
            names={**later.names, **self.names},
            machines={**later.machines, **self.machines},
        )


def fit(
    frames: Sequence[SignalFrame], *, budget_per_week: float = 1.0, tell: Tell = silent
) -> SignalDetector:
    """Learn each machine's normal operation from its frame: all of it, so give none of the future.

    `budget_per_week` is how many false alarms a machine may raise in a week. A few faults in the
    past do no harm, they count as some of those alarms. `tell(percent, step)` may raise to cancel.
    InsufficientData when no machine has enough rows.
    """
    machines, missing = {}, {}
    for at, frame in enumerate(frames):
        tell(100.0 * at / len(frames), f"Learn what is normal for {frame.machine}")
        rows = int(frame.judged.sum())
        if rows < LEAST_ROWS:
            missing[frame.machine] = _need(frame, rows)
        else:
            machines[frame.machine] = MachineDetector.fit(frame, budget_per_week=budget_per_week)
    if not machines:
        sentences = list(missing.values()) or ["No machine has a process signal."]
        raise InsufficientData(" ".join(sentences), missing=sentences)
    return SignalDetector(
        names={frame.machine: frame.names for frame in frames},
        machines=machines,
        missing=missing,
        budget_per_week=budget_per_week,
    )


def score(detector: SignalDetector, frame: SignalFrame) -> Scores:
    """How odd each row is, by rows at or before it alone; all NaN for a machine without detector.

    The frame must have the signals of the fit in their order. Begin it 2 × MEMORY rows of operation
    before the first row that is asked for, and a row's score is the same wherever it begins; an
    alarm is the same when the frame begins before it.
    """
    known = detector.machines.get(frame.machine)
    if known is None:
        return _unjudged(frame)
    if frame.names != detector.names[frame.machine]:
        raise ValueError(f"{frame.machine} was learned with {detector.names[frame.machine]}.")
    return known.score(frame)


def score_together(
    detector: SignalDetector, frames: Sequence[SignalFrame], *, share: float = SHARE
) -> list[Scores]:
    """`score` of machines that are looked at together, on one grid of times.

    Where many are looked at, some are odd by chance: an alarm stays in a row only where that row is
    also a discovery among all machines of the same instant, with at most `share` false ones, or
    the alarm that it belongs to has been one before.
    """
    scores = [score(detector, frame) for frame in frames]
    found = _discovered(scores, share)
    return [
        replace(one, is_anomaly=_from_first(one.is_anomaly, rows))
        for one, rows in zip(scores, found, strict=True)
    ]


def _discovered(scores: Sequence[Scores], share: float) -> list[Bools]:
    """For each machine the rows in which it is a discovery among all of the same time."""
    times = reduce(np.union1d, (one.time_us for one in scores), np.array([], dtype=np.int64))
    places = [np.searchsorted(times, one.time_us) for one in scores]
    p = np.full((len(times), len(scores)), np.nan)
    for column, (place, one) in enumerate(zip(places, scores, strict=True)):
        p[place, column] = 1.0 - one.score
    found = discoveries(p, share=share)
    return [found[place, column] for column, place in enumerate(places)]


def _from_first(alarm: Bools, found: Bools) -> Bools:
    """Each alarm from its first discovery on; one without any falls away."""
    begins = alarm & ~np.concatenate(([False], alarm[:-1]))
    number = np.cumsum(begins)
    so_far = np.cumsum(alarm & found)
    before = np.concatenate(([0], so_far))[np.flatnonzero(begins)]
    return alarm & (so_far > np.concatenate(([0], before))[number])


def _need(frame: SignalFrame, rows: int) -> str:
    return (
        f"{frame.machine} has {rows} rows of operation with process signals; {LEAST_ROWS} are"
        " needed to know what is normal."
    )


def _unjudged(frame: SignalFrame) -> Scores:
    rows, signals = frame.values.shape
    nothing = np.full(rows, np.nan)
    return Scores(
        machine=frame.machine,
        names=frame.names,
        time_us=frame.time_us,
        values=frame.values,
        score=nothing,
        level=nothing,
        is_anomaly=np.zeros(rows, dtype=bool),
        share=np.zeros((rows, signals)),
        fitting=np.full((rows, signals), np.nan),
        expected_low=np.full(signals, np.nan),
        expected_high=np.full(signals, np.nan),
    )
