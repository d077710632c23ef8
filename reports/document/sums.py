"""What was made and lost: by machine, by shift and by day. Ratios 0..1; None is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSums:
    """A machine's figures of the window, or the plant's (`machine_id` ""), from summed minutes and
    pieces. `performance` is ISO's effectiveness and may exceed 1.
    """

    machine_id: str
    machine_name: str
    oee: float | None
    availability: float | None
    performance: float | None
    quality: float | None
    produced: float | None
    good: float | None
    scrap: float | None
    busy_min: float | None
    downtime_min: float | None
    lost_min: float | None
    oee_target: float | None = None
    oee_before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftSums:
    """The plant in one shift of a plant day, oldest first."""

    day: date
    shift: str
    produced: float | None
    good: float | None
    scrap: float | None
    downtime_min: float | None
    oee: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """A plant day up to the window's end, oldest first; some weeks of them show the trend."""

    day: date
    downtime_min: float | None
    oee: float | None = None
    good: float | None = None
