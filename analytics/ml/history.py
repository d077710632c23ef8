"""What a plant knew at an instant: its planned shifts, their outcomes, when it was down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STILL_DOWN_US = np.iinfo(np.int64).max
"""The end of an interval that has not ended."""
OUTCOMES = (
    "downtime_min",
    "stops",
    "units",
    "defective",
    "quality",
    "efficiency",
    "maintenance_min",
    "signal_stats",
)
"""Columns of a row that are known only when its shift has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHistory:
    """One row a machine and planned shift, by machine and start; times are microseconds UTC.

    Shifts without downtime are rows too, and shifts to come may be. NaN is unknown, which is not
    zero. `machine` and `shift` index `machines` and `shift_names`; `weekday` (0 Monday) is that of
    the plant day on which the shift starts. `planned_min` is the plan (POT without breaks), known
    before. `downtime_min` is ADET, `stops` how many began, `quality` GQ / PQ, `efficiency` PRI × PQ
    / APT, `maintenance_min` planned downtime beyond the breaks. `signal_stats` is (row, signal, 3):
    mean, slope an hour, highest of each process signal in the shift.

    `down_…` are the intervals in which machines were down while work was due, by machine and start,
    joined across shift borders; STILL_DOWN_US ends one that goes on. A plant that only submits
    minutes has none.
    """

    machines: tuple[str, ...]
    shift_names: tuple[str, ...]
    machine: Ints
    shift: Ints
    weekday: Ints
    start_us: Ints
    end_us: Ints
    planned_min: Floats
    downtime_min: Floats
    stops: Floats
    units: Floats
    defective: Floats
    quality: Floats
    efficiency: Floats
    maintenance_min: Floats
    signals: tuple[str, ...]
    signal_stats: Floats
    down_machine: Ints
    down_start_us: Ints
    down_end_us: Ints

    def __len__(self) -> int:
        return len(self.start_us)

    def known_at(self, as_of_us: int) -> ShiftHistory:
        """The same history as anybody could know it at an instant.

        Outcomes of shifts that had not ended are unknown, intervals that had not begun are absent,
        one that went on is known only as begun. The plan of later shifts stays.
        """
        ended = self.end_us <= as_of_us
        hidden: dict[str, Any] = {name: _where(ended, getattr(self, name)) for name in OUTCOMES}
        begun = self.down_start_us < as_of_us
        ends = self.down_end_us[begun]
        return replace(
            self,
            **hidden,
            down_machine=self.down_machine[begun],
            down_start_us=self.down_start_us[begun],
            down_end_us=np.where(ends < as_of_us, ends, STILL_DOWN_US),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Planned shifts whose downtime is asked for, each as of an instant at or before its start."""

    machine: Ints
    shift: Ints
    weekday: Ints
    start_us: Ints
    end_us: Ints
    planned_min: Floats
    as_of_us: Ints

    def __len__(self) -> int:
        return len(self.start_us)


def questions_of(history: ShiftHistory, rows: Ints, as_of_us: Ints | None = None) -> Questions:
    """Rows of a history as questions; without `as_of_us` each as of its own start."""
    start = history.start_us[rows]
    return Questions(
        machine=history.machine[rows],
        shift=history.shift[rows],
        weekday=history.weekday[rows],
        start_us=start,
        end_us=history.end_us[rows],
        planned_min=history.planned_min[rows],
        as_of_us=start if as_of_us is None else as_of_us,
    )


def _where(known: NDArray[np.bool_], values: Floats) -> Floats:
    mask = known.reshape(-1, *[1] * (values.ndim - 1))
    return np.where(mask, values, np.nan)
