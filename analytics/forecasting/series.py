"""A metric of a machine or a plant by plant day, and which days are planned to be worked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HORIZON = 30
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
PLANT = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySeries:
    """Consecutive plant days from `first_day`; NaN is unknown, which is not zero.

    `key` is a machine_id or `*` for the plant. `is_open` says for each day of `values` and for the
    days after (at least 30 of them) whether a shift is planned. `lower` and `upper` bound what the
    metric can be; None where nothing does. `additive` metrics (minutes, pieces) are 0 on closed
    days and may be summed; ratios are undefined there. The newest `late_days` days are not known at
    00:00 of the next one, as where a night shift runs on.
    """

    key: str
    metric: str
    first_day: date
    values: Floats
    is_open: Bools
    lower: float | None = 0.0
    upper: float | None = None
    additive: bool = True
    late_days: int = 0

    @property
    def end_day(self) -> date:
        """The day after the last one of `values`: the origin of a forecast that uses them all."""
        return self.first_day + timedelta(days=len(self.values))

    def before(self, origin: date) -> DailySeries:
        """The same series as known at 00:00 of the origin day; the plan of later days stays."""
        days = max(0, (origin - self.first_day).days)
        values = self.values[:days].copy()
        if self.late_days and days <= len(self.values):
            values[-self.late_days :] = np.nan
        return replace(self, values=values)

    def plan_from(self, origin: date, days: int = HORIZON) -> Bools:
        """Whether each of the days from the origin is planned to be worked."""
        first = (origin - self.first_day).days
        return self.is_open[first : first + days]
