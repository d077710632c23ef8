"""A forecast of one series from one origin, as it is stored and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

Numbers = tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyForecast:
    """30 days from the origin day. None on closed days of a ratio; 0 there for what adds up.

    `quantiles` by level, `members` the median of each member or None where it does not take part,
    `weights` of those that serve (sum 1). `served` is "model", "seasonal_naive" or
    "insufficient"; then lists are empty and `missing` says what is lacking, `ready_on` from when on
    there may be a forecast. `reason` says why seasonal naive serves. `totals` by number of days is
    (median, lo80, hi80, lo95, hi95) of the sum over the days, of the mean for a ratio. `backtest`
    is the evidence: wis, wis_seasonal_naive, mae, coverage_80, coverage_95, origins, members.
    """

    key: str
    metric: str
    origin: date
    dates: tuple[date, ...] = ()
    quantiles: Mapping[float, Numbers] = field(default_factory=dict)
    mean: Numbers = ()
    members: Mapping[str, Numbers | None] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    served: str = "insufficient"
    reason: str = ""
    missing: tuple[str, ...] = ()
    ready_on: date | None = None
    totals: Mapping[int, Numbers] = field(default_factory=dict)
    history_days: int = 0
    backtest: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Only what JSON knows: dates as ISO text, keys as text."""
        found = asdict(self)
        found["origin"] = self.origin.isoformat()
        found["dates"] = [day.isoformat() for day in self.dates]
        found["ready_on"] = self.ready_on.isoformat() if self.ready_on else None
        found["quantiles"] = {str(level): list(row) for level, row in self.quantiles.items()}
        found["totals"] = {str(days): list(row) for days, row in self.totals.items()}
        found["members"] = {n: row and list(row) for n, row in self.members.items()}
        return found | {"mean": list(self.mean), "missing": list(self.missing)}
