"""What is to come and what is odd, as it was said when the report was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analytics.figures.bands import DayBand, DayValue
from analytics.figures.scatter import Met
from analytics.figures.whisker import Whisker

Risk = Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """A machine's downtime in the next shift; `chance` is of `threshold_min` or more."""

    machine_id: str
    machine_name: str
    risk: Risk
    minutes: Whisker
    chance: float
    confidence: float | None
    served: str = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextShift:
    """The shift [start, end) that is asked about. `plant` is the whole plant's range, `rows` are
    worst first, `sentences` say how often such chances came true. `importance` holds (what the
    model looks at, share of 1), `met` past predictions with their truth, `why_served` the sentence
    that says what serves and why.
    """

    name: str
    start: datetime
    end: datetime
    threshold_min: float
    rows: tuple[RiskRow, ...]
    plant: Whisker | None = None
    confidence: float | None = None
    said_at: datetime | None = None
    model_version: str = ""
    sentences: tuple[str, ...] = ()
    importance: tuple[tuple[str, float], ...] = ()
    met: tuple[Met, ...] = ()
    why_served: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A model of the pool: its daily median where it has one, as long as `coming` of its forecast;
    `against_naive` is its error / seasonal naive's − 1; `weight` None is not used; `reason` says
    why it has no values ("not installed").
    """

    name: str
    weight: float | None = None
    against_naive: float | None = None
    serves: bool = False
    values: tuple[float | None, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricForecast:
    """One metric of the plant. `past` ends the day before `coming` begins, which has 7 to 30 days.

    `unit` is min, pieces or % (of values 0..1). `sentences` hold totals, which model serves and
    how good it was. `members` holds LSTM and Prophet by these names, installed or not.
    """

    metric: str
    label: str
    unit: str
    past: tuple[DayValue, ...]
    coming: tuple[DayBand, ...]
    served: str
    sentences: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something odd that lasted; `expected` is the range that is usual."""

    machine_id: str
    machine_name: str
    start: datetime
    end: datetime | None
    score: float
    sentence: str
    expected: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OddTimeline:
    """A machine's scores 0..1 as (moment, score, whether it is flagged), in order."""

    machine_id: str
    machine_name: str
    points: tuple[tuple[float, float, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddities:
    """Of the window, newest first. `threshold` is the score from which a point is flagged."""

    rows: tuple[Oddity, ...]
    timelines: tuple[OddTimeline, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """The version that served a task, and its error beside seasonal naive's in `unit`."""

    task: str
    number: int
    trained_at: datetime
    history_days: int
    error: float | None
    naive_error: float | None
    unit: str
    why: str = ""
