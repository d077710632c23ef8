"""What a report shows, frozen: the first page, the chapters after it and the rows behind it.

Numbers are unrounded. Ratios are 0..1 (only a Fact's is in per cent), times aware UTC, `moment`s
epoch seconds, days plant days, minutes minutes; None is unknown. What an empty tuple means is said
by the chapter's sentence in `missing` ({chapter: why there is nothing}, by CHAPTERS).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from ai_insights.grounding.analysis import Analysis
from ai_insights.grounding.fact import Fact
from production.figures.strip import Stretch
from reports.document.outlook import MetricForecast, ModelRow, NextShift, Oddities
from reports.document.rows import ForecastRow, Gap, Record, StopRow
from reports.document.sums import DaySums, MachineSums, ShiftSums

CHAPTERS = (
    "performance", "losses", "shifts", "downtime", "next_shift", "forecasts", "analysis", "plan",
    "quality", "anomalies", "gaps", "models", "facts",
)  # fmt: skip
"""Keys of `missing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`first_day` to `last_day` are plant days, both included; [start, end) are their instants."""

    plant_id: str
    plant_name: str
    kind: Literal["daily", "weekly", "custom"]
    zone: str
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    made_at: datetime
    revision: int = 1
    late: bool = False
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The day in a word ("Below target") and a sentence."""

    tone: Literal["worse", "fine", "unknown"]
    word: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A card of the first page. `before` is the same figure of the window before, which
    `before_name` names ("Tue", "the week before"). `note` stands in the target's place.
    """

    key: str
    label: str
    kind: Literal["ratio", "pieces", "minutes"]
    value: float | None
    target: float | None = None
    before: float | None = None
    before_name: str = ""
    higher_is_better: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDay:
    """A machine's state strip; `lost_min` = planned busy − ideal good minutes."""

    machine_id: str
    machine_name: str
    stretches: tuple[Stretch, ...]
    oee: float | None
    lost_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Minutes lost to one kind. `detail` says which machines and reasons ("Filler 2: 128")."""

    key: Literal["stops", "changeover", "speed", "minor", "defects", "start_up", "other"]
    label: str
    minutes: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """`rows` add up to `lost_min`, the planned busy minutes `busy_min` less the ideal minutes of
    all good pieces.
    """

    busy_min: float | None
    lost_min: float | None
    rows: tuple[Loss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A row of "Three actions"; `expected` is what it should bring, in a few words."""

    what: str
    who: str
    until: date | None = None
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The share of the planned busy time that data tells of, and what is to be known about it."""

    share: float | None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything on paper. `ticks` (epoch second, label) are those of all strips; `machines` is
    worst first, as `risk` is; `ahead` is the sentence of the downtime to come; `written_by` names
    the writer of the analysis ("rules" or a model).
    """

    head: Head
    verdict: Verdict
    kpis: tuple[Kpi, ...]
    ticks: tuple[tuple[float, str], ...]
    machines: tuple[MachineDay, ...]
    losses: Losses
    next_shift: NextShift | None
    ahead: str
    actions: tuple[Action, ...]
    completeness: Completeness
    performance: tuple[MachineSums, ...] = ()
    plant: MachineSums | None = None
    shifts: tuple[ShiftSums, ...] = ()
    days: tuple[DaySums, ...] = ()
    forecasts: tuple[MetricForecast, ...] = ()
    analysis: Analysis | None = None
    written_by: str = "rules"
    oddities: Oddities | None = None
    gaps: tuple[Gap, ...] = ()
    models: tuple[ModelRow, ...] = ()
    facts: tuple[Fact, ...] = ()
    records: tuple[Record, ...] = ()
    stops: tuple[StopRow, ...] = ()
    forecast_rows: tuple[ForecastRow, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)
