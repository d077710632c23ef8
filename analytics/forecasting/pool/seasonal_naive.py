"""The same weekday of the last week again: the floor that every other member has to beat.

The median of a day k weeks ahead is the last known value of its weekday; the quantiles add those of
the differences k weeks apart that the series has shown, so they widen with k as the series does
(Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 and 5.5, with
empirical instead of normal residuals). Differences are made symmetric: naive knows no direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import LEVELS

WINDOW_DAYS = 180


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """Needs two weeks to have a difference; the ladder asks for 28 days."""

    name: str = "seasonal_naive"
    least_days: int = 28

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [_quantiles(past) for past in pasts]


def _quantiles(past: Past) -> Floats:
    line = _by_day(past)
    overall = float(past.values[past.known][-1])
    weeks = past.ahead // 7 + 1
    last = np.array(
        [_last(line, day, week, overall) for day, week in zip(past.ahead, weeks, strict=True)]
    )
    offsets = {int(week): _offsets(line, int(week)) for week in np.unique(weeks)}
    spread = np.array([offsets[int(week)] for week in weeks]).reshape(-1, len(LEVELS))
    return past.bounded(last[:, None] + spread)


def _by_day(past: Past) -> Floats:
    """Values by days ago on the calendar: element 0 is the day before the origin."""
    line = np.full(int(past.days_ago.max()), np.nan)
    line[past.days_ago - 1] = past.values
    return line[:WINDOW_DAYS]


def _last(line: Floats, day: int, week: int, otherwise: float) -> float:
    """The newest known value of the weekday of the horizon's day."""
    same = line[7 * week - day - 1 :: 7]
    known = same[~np.isnan(same)]
    return float(known[0]) if known.size else otherwise


def _offsets(line: Floats, weeks: int) -> Floats:
    """Symmetric quantiles of the differences `weeks` apart, or of fewer weeks where too few are."""
    for apart in range(weeks, 0, -1):
        moves = line[: -7 * apart] - line[7 * apart :]
        moves = moves[~np.isnan(moves)]
        if len(moves) >= 14 or (apart == 1 and len(moves)):
            return np.asarray(np.quantile(np.concatenate([moves, -moves]), LEVELS))
    spread = np.nanstd(line) * np.array([-1.96, -1.28, 0.0, 1.28, 1.96])
    return np.asarray(spread)
