"""Eight weeks of our own daily forecasts against what came, week by week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from analytics.models import Forecast
from analytics.selectors.outlook_shapes import LEVELS, WeekScore

WEEKS = 8
MONDAY = 2
"""As the database numbers the days of a week."""


class Day(NamedTuple):
    """A plant day as forecast from its week's Monday, and what came."""

    error: float
    naive_error: float
    in_80: bool
    in_95: bool


def weeks_of(metric: str, key: str) -> list[WeekScore]:
    """The last eight weeks that were forecast from their Monday and have a graded day, oldest
    first.
    """
    rows = Forecast.objects.filter(metric=metric, key=key, is_shadow=False, origin__week_day=MONDAY)
    newest = rows.exclude(actuals=[]).order_by("-origin", "is_cheap", "made_by", "-issued_at")
    found: dict[date, WeekScore] = {}
    for row in newest.only("origin", "quantiles", "naive", "actuals")[: 4 * WEEKS]:
        days = list(_graded_days(row))
        if days and row.origin not in found and len(found) < WEEKS:
            found[row.origin] = _score(row.origin.isocalendar().week, days)
    return [found[origin] for origin in sorted(found)]


def _score(week: int, days: list[Day]) -> WeekScore:
    return WeekScore(
        label=f"W{week}",
        mae=sum(day.error for day in days) / len(days),
        naive_mae=sum(day.naive_error for day in days) / len(days),
        in_80=sum(day.in_80 for day in days),
        in_95=sum(day.in_95 for day in days),
        days=len(days),
    )


def _graded_days(row: Forecast) -> Iterator[Day]:
    """The days of the origin's own week of which the truth is known."""
    for n, actual in enumerate(row.actuals[:7]):
        naive = row.naive[n] if row.naive else None
        low95, low80, median, high80, high95 = (row.quantiles[level][n] for level in LEVELS)
        if None in (actual, naive, median):
            continue
        yield Day(
            error=abs(median - actual),
            naive_error=abs(naive - actual),
            in_80=low80 <= actual <= high80,
            in_95=low95 <= actual <= high95,
        )
