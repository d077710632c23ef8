"""What a forecaster may see of a series at 00:00 of a day: nothing after it, no closed days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.series import HORIZON, Bools, DailySeries, Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The worked days of a series before an origin, and which of the 30 days after are worked.

    `values` has one element a worked day since the first known one, oldest first; NaN is unknown.
    `weekday` (0 Monday) and `days_ago` (1 is the day before the origin) stand beside it. `ahead`
    numbers the worked days to come (0 is the origin day), `ahead_weekday` says what they are.
    `days` counts the days of history that are understood: known, or closed as planned.
    """

    key: str
    origin: date
    values: Floats
    weekday: Ints
    days_ago: Ints
    ahead: Ints
    ahead_weekday: Ints
    days: int
    lower: float | None
    upper: float | None

    @property
    def known(self) -> Bools:
        return ~np.isnan(self.values)

    @property
    def filled(self) -> Floats:
        """`values` where each unknown one is the mean of its weekday, or of all."""
        known = self.known
        if known.all():
            return self.values
        filled, overall = self.values.copy(), self.values[known].mean()
        for weekday in range(7):
            same = self.weekday == weekday
            has = same & known
            filled[same & ~known] = self.values[has].mean() if has.any() else overall
        return filled

    def bounded(self, quantiles: Floats) -> Floats:
        """Within what the metric can be, and never crossing."""
        return np.sort(np.clip(quantiles, self.lower, self.upper), axis=-1)


def past_of(series: DailySeries, origin: date) -> Past:
    """The past at an origin; days between the end of the values and the origin are unknown."""
    days = max(0, (origin - series.first_day).days)
    values = np.full(days, np.nan)
    held = series.values[:days]
    values[: len(held)] = held
    is_open = series.is_open[:days]
    known = np.flatnonzero(~np.isnan(values) & is_open)
    first = int(known[0]) if known.size else days
    worked = first + np.flatnonzero(is_open[first:])
    ahead = np.flatnonzero(series.plan_from(origin, HORIZON))
    monday = series.first_day.weekday()
    return Past(
        key=series.key,
        origin=origin,
        values=values[worked],
        weekday=(monday + worked) % 7,
        days_ago=days - worked,
        ahead=ahead,
        ahead_weekday=(origin.weekday() + ahead) % 7,
        days=int(known.size + (~is_open[first:]).sum()),
        lower=floor_of(series, held),
        upper=series.upper,
    )


def floor_of(series: DailySeries, values: Floats) -> float | None:
    """What the metric cannot fall below, by `values` of the series: its own bound, or 0 for a sum
    that was never negative, as energy is. A mean that never was, as of a temperature, still may be.
    """
    if series.lower is not None or not series.additive:
        return series.lower
    known = values[~np.isnan(values)]
    return 0.0 if known.size and known.min() >= 0 else None


def truth_of(series: DailySeries, origin: date) -> Floats:
    """What the 30 days from the origin brought; NaN on closed, unknown and later days."""
    first = (origin - series.first_day).days
    brought = np.full(HORIZON, np.nan)
    held = series.values[first : first + HORIZON]
    brought[: len(held)] = np.where(series.is_open[first : first + len(held)], held, np.nan)
    return brought


def on_calendar(past: Past, quantiles: Floats) -> Floats:
    """(worked days, 5) to (30, 5); NaN on closed days."""
    spread = np.full((HORIZON, quantiles.shape[-1]), np.nan)
    spread[past.ahead] = quantiles
    return spread
