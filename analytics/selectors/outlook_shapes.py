"""What the pages of prediction, their API and the report are given: plain values, nothing lazy.

Minutes are minutes, chances and ratios 0..1, times aware UTC, days plant days. None is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from analytics.selectors.evidence_shapes import Evidence, TrackRecord

RISKS = ("critical", "high", "medium", "low")
"""Worst first; also the words of `risk` in the API."""
LEVELS = ("0.025", "0.1", "0.5", "0.9", "0.975")
"""Keys of a forecast's quantiles, as in the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insufficient:
    """Why nothing is predicted: sentences with have and need, and when there may be enough.

    `is_enough` says that data suffice and only a model lacks, so that a training can help.
    """

    missing: list[str]
    ready_at: datetime | None = None
    is_enough: bool = False


class Factor(NamedTuple):
    """What moves the expected minutes away from the usual ones; signed minutes."""

    key: str
    label: str
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftAhead:
    """The planned shift that is asked about."""

    name: str
    date: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRisk:
    """One machine's downtime in the shift. `state` is said after its name: "down 15 min".

    ALL `factors` add up to expected_min − usual_min. `served` is "model" or a naive member's name.
    """

    machine_id: str
    machine_name: str
    state: str
    median_min: float
    expected_min: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float
    p_downtime_30: float
    confidence: float
    risk: str
    down_now: bool
    served: str
    factors: list[Factor]
    usual_min: float
    planned_min: float


class ShiftTotal(NamedTuple):
    """The plant's downtime in the shift: of the sum of its machines, in minutes."""

    median_min: float
    lo80: float
    hi80: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOutlook:
    """The next shift of every machine, worst first. `thresholds` open medium, high, critical;
    `planned_min` is the plant's.
    """

    scored_at: datetime
    model_version: int | str
    shift: ShiftAhead
    planned_min: float
    thresholds: tuple[float, float, float]
    machines: list[MachineRisk]
    evidence: Evidence
    track: TrackRecord
    open_anomalies: int = 0
    total: ShiftTotal | None = None


class Measured(NamedTuple):
    """A plant day before the origin; closed days are not open and have no value."""

    day: date
    value: float | None
    is_open: bool = True


class Total(NamedTuple):
    """The sum over the first `days` of a forecast from summed sample paths (of a ratio: the mean).

    `before` is the same of as many days before the origin; None where one of them is unknown.
    """

    days: int
    median: float
    lo80: float
    hi80: float
    before: float | None


class Member(NamedTuple):
    """A model of the pool by its backtest; `weight` None is not used.

    `against_naive` is WIS / seasonal naive's − 1. `name` is shown.
    """

    name: str
    weight: float | None
    wis: float | None
    against_naive: float | None
    mae: float | None
    in_80: float | None
    in_95: float | None
    serves: bool = False
    is_yardstick: bool = False


class WeekScore(NamedTuple):
    """A past week of our own, forecast from its Monday: "W39", errors, and days that held."""

    label: str
    mae: float
    naive_mae: float
    in_80: int
    in_95: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """The version that serves: since when, by whose word and why."""

    number: int
    since: datetime | None
    promoted_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOutlook:
    """One metric of a machine or the plant (key `*`) for the days from the origin on.

    `unit` is min, pieces, % (of a ratio, whose values are 0..1 all the same) or a signal's own.
    `quantiles` are lists by LEVELS, as long as `dates`; a ratio's are None on a closed day.
    `closed` holds the days to come without a shift and why: "closed", or "" where the week leaves
    them out. `members` are best first with the combination at the top and the yardstick last;
    `weeks` are oldest first.
    """

    metric: str
    unit: str
    key: str
    origin: date
    made_at: datetime
    dates: list[date]
    quantiles: Mapping[str, list[float | None]]
    history: list[Measured]
    closed: Mapping[date, str]
    totals: list[Total]
    members: list[Member]
    origins: int
    served: str
    reason: str
    trained_at: datetime | None
    history_days: int
    weeks: list[WeekScore]
    version: VersionFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyEvent:
    """Something odd that lasted. `status` is open, confirmed or dismissed."""

    pk: int
    machine_id: str
    machine_name: str
    start: datetime
    end: datetime | None
    score: float
    sentence: str
    expected: str
    status: str
    judged_by: str = ""
    judged_at: datetime | None = None


class ScoredPoint(NamedTuple):
    """A moment's score, 0..1, thinned so that peaks stay."""

    at: datetime
    score: float
    is_anomaly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`threshold` is the score from which on an alarm begins; None where it is not stored."""

    machine_id: str
    machine_name: str
    points: list[ScoredPoint]
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyList:
    """Newest first; how many false alarms a machine may raise a week."""

    start: datetime
    end: datetime
    events: list[AnomalyEvent]
    timelines: list[Timeline]
    budget_per_week: float
    open_count: int
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A trained version. `status` is challenger, champion or retired; one can be promoted again."""

    pk: int
    number: int
    task: str
    status: str
    trained_at: datetime
    history_days: int
    error: float | None
    naive_error: float | None
    unit: str
    in_80: float | None
    in_95: float | None
    promoted_at: datetime | None
    promoted_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The plant's downtime of the last and the next days, for the overview: as ForecastOutlook."""

    origin: date
    dates: list[date]
    quantiles: Mapping[str, list[float | None]]
    history: list[Measured]
    closed: Mapping[date, str]
    total: Total
