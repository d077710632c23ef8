"""Why a prediction of the next shift is believed: what pages and reports show of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class ReliabilityBin(NamedTuple):
    """Mean predicted chance, observed share, shifts, and the 95 % range of the share."""

    predicted: float
    observed: float
    n: int
    low: float
    high: float


class RiskLevel(NamedTuple):
    """What a level promises (low ≤ chance < high) and what came; observed None without shifts.

    `risk` is the worst of those that are told together, `also` are the ones below it.
    """

    risk: str
    low: float
    high: float
    shifts: int
    observed: float | None
    also: tuple[str, ...] = ()

    @property
    def risks(self) -> tuple[str, ...]:
        """All names that are told here, worst first."""
        return (self.risk, *self.also)


class GradedShift(NamedTuple):
    """A predicted median beside the truth. `beyond` says that the 95 % range did not hold it."""

    machine_name: str
    start: datetime
    shift: str
    predicted_min: float
    actual_min: float
    beyond: bool = False
    cause: str = ""


class Coverage(NamedTuple):
    """How often the ranges held the truth in a group of shifts."""

    group: str
    n: int
    in_80: float
    in_95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why the model is believed, all of it measured out of sample.

    `guard` is the sentence that says what serves and why; `skill_vs_naive` is 1 − our error / that
    of `naive_name`; both and `weights` are of the part of the model that answered: `at_start` of
    the shift, or ahead of it. `merged` are sentences about groups that were too small on their own.
    """

    reliability: list[ReliabilityBin]
    levels: list[RiskLevel]
    weights: list[tuple[str, float]]
    guard: str
    served: str
    skill_vs_naive: float | None
    naive_name: str
    coverage: list[Coverage]
    merged: list[str] = field(default_factory=list)
    importance: list[tuple[str, float]] = field(default_factory=list)
    at_start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """The last (up to 56) shifts of each machine with what was said before they began."""

    shifts: list[GradedShift]
    mae_min: float | None
    naive_mae_min: float | None
    in_80: float | None = None
    in_95: float | None = None
