"""The last 28 days as they were: their quantiles are those of every day to come.

A moving average as a distribution: where days do not depend on each other nor on the weekday,
nothing does better. The weekday effects are taken off before and put on after, where there are any.
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
class WindowAverage:
    """Over the worked days of the last `window` days (or the last 14 worked ones)."""

    name: str = "window_average"
    least_days: int = 14
    window: int = 28

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [self._quantiles(past) for past in pasts]

    def _quantiles(self, past: Past) -> Floats:
        effects = effects_of(past)
        known = past.known
        level = (past.values - effects[past.weekday])[known]
        recent = level[past.days_ago[known] <= self.window]
        if len(recent) < 14:
            recent = level[-14:]
        spread = np.quantile(recent, LEVELS)
        return past.bounded(spread + effects[past.ahead_weekday][:, None])
