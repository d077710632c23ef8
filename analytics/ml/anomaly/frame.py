"""What is judged and what comes of it: signals of a machine on a regular grid, a score a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.ml.anomaly.detector import MEMORY, Bools, Floats, Ints

WEEK_US = 7 * 86_400 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFrame:
    """`time_us` (n,) microseconds UTC at equal steps, `values` (n, k) in the signals' units; NaN is
    no value. `running` says in which rows the machine executed; None when nobody knows.
    """

    machine: str
    names: tuple[str, ...]
    time_us: Ints
    values: Floats
    running: Bools | None = None

    def __len__(self) -> int:
        return len(self.time_us)

    @property
    def came(self) -> Bools:
        """(n,) rows for which at least one signal has a value."""
        return np.asarray(~np.isnan(self.values).all(axis=1))

    @property
    def judged(self) -> Bools:
        """(n,) rows that can be judged: a signal came and the machine ran, in the row before too:
        the first row after a stop is of neither state.
        """
        if self.running is None:
            return self.came
        ran_before = np.concatenate([self.running[:1], self.running[:-1]])
        return np.asarray(self.came & self.running & ran_before)

    @property
    def duty(self) -> Floats:
        """(n,) share of the last MEMORY rows in which the machine ran: how warm it can be."""
        ran = np.ones(len(self)) if self.running is None else self.running.astype(float)
        total = np.concatenate([np.zeros(min(MEMORY, len(self))), np.cumsum(ran)])
        recent = np.cumsum(ran) - total[: len(self)]
        return np.asarray(recent / np.minimum(np.arange(1, len(self) + 1), MEMORY))

    @property
    def weeks(self) -> float:
        """For how long signals came, stops of the machine included."""
        step = float(np.median(np.diff(self.time_us))) if len(self) > 1 else 0.0
        return float(self.came.sum()) * step / WEEK_US


def newest(frame: SignalFrame, rows: int) -> SignalFrame:
    """The frame from where its last `rows` judged rows begin."""
    judged = np.flatnonzero(frame.judged)
    if len(judged) <= rows:
        return frame
    kept = slice(int(judged[-rows]), None)
    return replace(
        frame,
        time_us=frame.time_us[kept],
        values=frame.values[kept],
        running=None if frame.running is None else frame.running[kept],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One element a row of the frame that was scored.

    `score` is the share of normal rows that are less odd, 0..1; NaN where nothing was judged.
    `level` is −log10 of the mean of the detectors' tail ranks, `score` its rank, `is_anomaly` the
    alarm that comes of it. `share` (n, k) is each signal's part in the row's oddness, sum 1.
    `fitting` (n, k) is what the other signals suggest for each, in its unit. A signal is usually
    between `expected_low` and `expected_high`, (k,); NaN when it is not watched.
    """

    machine: str
    names: tuple[str, ...]
    time_us: Ints
    values: Floats
    score: Floats
    level: Floats
    is_anomaly: Bools
    share: Floats
    fitting: Floats
    expected_low: Floats
    expected_high: Floats

    def __len__(self) -> int:
        return len(self.time_us)

    def top(self, row: int, limit: int = 3) -> list[tuple[str, float]]:
        """The signals that make most of a row's oddness, with their shares, the largest first."""
        order = np.argsort(-self.share[row], kind="stable")[:limit]
        return [
            (self.names[at], float(self.share[row, at])) for at in order if self.share[row, at] > 0
        ]
