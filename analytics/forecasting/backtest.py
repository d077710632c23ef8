"""What every member would have said at origins of the past, and what then came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.forecasting.ladder import is_enough
from analytics.forecasting.past import on_calendar, past_of, truth_of
from analytics.forecasting.pool.forecaster import Forecaster
from analytics.forecasting.series import HORIZON, DailySeries, Floats
from analytics.forecasting.wis import LEVELS

ORIGINS = 12
SPAN_DAYS = 240
FOLD = 4
"""Origins that share trees and a network, those of the first of them."""
"""The first origin of a backtest is at most so long ago."""
SHARE = 0.45
"""Of the history at most; the rest is what trees and network of the backtest learn from."""
LAST_DAYS = 15
"""The last origin: half of its horizon has become truth."""
DEAR = {"prophet": 3}
"""Members that speak at every so many origins only, because they cost too much."""

Tell = Callable[[int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """`quantiles` is (members, series, origins, 30, 5), `truth` (series, origins, 30).

    NaN where a member could not run, a day was closed, or the truth is unknown or yet to come.
    """

    members: tuple[str, ...]
    quantiles: Floats
    truth: Floats


def silent(percent: int, step: str) -> None:
    """Tells nobody."""


def origins_of(series: Sequence[DailySeries], as_of: date) -> tuple[date, ...]:
    """Evenly spread days before `as_of`, oldest first; none where the longest history is short."""
    span = max(((as_of - one.first_day).days for one in series), default=0)
    first = min(SPAN_DAYS, int(span * SHARE))
    last = min(LAST_DAYS, max(1, first // 3))
    if first < 7:
        return ()
    back = np.linspace(first, last, ORIGINS).round().astype(int)
    return tuple(as_of - timedelta(days=int(days)) for days in sorted(set(back), reverse=True))


def folds_of(origins: Sequence[date]) -> list[tuple[date, ...]]:
    """The origins in groups of FOLD, oldest first."""
    return [tuple(origins[n : n + FOLD]) for n in range(0, len(origins), FOLD)]


def run_backtest(
    series: Sequence[DailySeries],
    origins: Sequence[date],
    names: Sequence[str],
    pool_at: Callable[[date], Sequence[Forecaster]],
) -> Backtest:
    """Every member at every origin, with nothing from after it.

    `pool_at` gives the members of an origin; those of `names` that are not among them are unknown.
    """
    shape = (len(names), len(series), len(origins), HORIZON, len(LEVELS))
    quantiles = np.full(shape, np.nan)
    for column, origin in enumerate(origins):
        pasts = [past_of(one, origin) for one in series]
        rows = [row for row, past in enumerate(pasts) if is_enough(past)]
        for member in pool_at(origin):
            turn = names.index(member.name)
            if (len(origins) - 1 - column) % DEAR.get(member.name, 1):
                continue
            able = [row for row in rows if pasts[row].days >= _least(member)]
            for row, found in zip(able, member.quantiles([pasts[r] for r in able]), strict=True):
                quantiles[turn, row, column] = on_calendar(pasts[row], found)
    truth = [[truth_of(one, origin) for origin in origins] for one in series]
    return Backtest(
        members=tuple(names),
        quantiles=quantiles,
        truth=np.array(truth).reshape(shape[1:4]),
    )


def _least(member: Forecaster) -> int:
    """In the past a member may speak a little earlier, or short series could not be judged."""
    return min(member.least_days, HORIZON)
