"""The rows behind the figures: sheets of the workbook and lines of the CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A machine's shift."""

    production_date: date
    shift: str
    machine_id: str
    machine_name: str
    units_produced: float | None
    good_units: float | None
    defective_units: float | None
    downtime_min: float | None
    pbt_min: float | None
    apt_min: float | None
    oee: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """A stop; `end` None goes on. `minutes` are those inside the window."""

    machine_id: str
    machine_name: str
    start: datetime
    end: datetime | None
    minutes: float
    state: str
    reason: str = ""
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRow:
    """One day of one metric of a machine or the plant (`machine_id` "")."""

    metric: str
    machine_id: str
    day: date
    median: float | None
    lo80: float | None
    hi80: float | None
    lo95: float | None
    hi95: float | None
    unit: str
    served: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something about the data; `kind` is in words ("gap", "counter reset")."""

    machine_name: str
    signal: str
    kind: str
    start: datetime
    end: datetime | None
    samples: int | None = None
