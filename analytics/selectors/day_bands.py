"""The days of a forecast as a picture takes them, on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analytics.figures.bands import DayBand, DayValue
from analytics.selectors.outlook_shapes import LEVELS, Measured

DAYS_OF_WEEK = 7


def coming_days(
    dates: Sequence[date],
    quantiles: Mapping[str, Sequence[float | None]],
    closed: Mapping[date, str],
) -> list[DayBand]:
    """The days to come as a picture shows them."""
    why = unusual_days(dates, closed)
    lo95, lo80, median, hi80, hi95 = (quantiles[level] for level in LEVELS)
    return [
        DayBand(
            day, median[n], lo80[n], hi80[n], lo95[n], hi95[n],
            is_open=day not in closed, closed=why.get(day, ""),
        )
        for n, day in enumerate(dates)
    ]  # fmt: skip


def past_days(history: Sequence[Measured], days: int) -> list[DayValue]:
    """A closed day is a gap, whatever was recorded on it."""
    return [DayValue(one.day, one.value if one.is_open else None) for one in history[-days:]]


def unusual_days(dates: Sequence[date], closed: Mapping[date, str]) -> dict[date, str]:
    """Closed days and why; nothing is said of a weekday that is never worked."""
    worked = {day.weekday() for day in dates if day not in closed}
    few = len(dates) <= DAYS_OF_WEEK
    return {
        day: why if few or day.weekday() in worked else ""
        for day in dates
        if (why := closed.get(day)) is not None
    }
