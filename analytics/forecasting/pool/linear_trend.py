"""A straight line with weekday effects through the last 90 worked days.

Least squares; quantiles are those of the residuals, widened by the line's own uncertainty:
s² (1 + 1/n + (t - t̄)² / Σ(t - t̄)²) (Draper and Smith, Applied Regression Analysis, 1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.pool.weekdays import effects_of
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import LEVELS


@dataclass(frozen=True, slots=True)
class LinearTrend:
    """The trend goes on for 30 days, and not beyond the metric's bounds."""

    name: str = "linear_trend"
    least_days: int = 14
    window: int = 90

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [self._quantiles(past) for past in pasts]

    def _quantiles(self, past: Past) -> Floats:
        effects = effects_of(past)
        known = past.known
        level = (past.values - effects[past.weekday])[known][-self.window :]
        at = -past.days_ago[known][-self.window :].astype(float)
        centre = at.mean()
        spread = ((at - centre) ** 2).sum() or 1.0
        slope = ((at - centre) * (level - level.mean())).sum() / spread
        off = np.quantile(level - level.mean() - slope * (at - centre), LEVELS)
        line = level.mean() + slope * (past.ahead - centre) + effects[past.ahead_weekday]
        wider = np.sqrt(1 + 1 / len(at) + (past.ahead - centre) ** 2 / spread)
        return past.bounded(line[:, None] + wider[:, None] * off)
