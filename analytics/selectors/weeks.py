"""Eight weeks of our own daily forecasts against what came, week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from analytics.models import Forecast
from analytics.selectors.outlook_shapes import WeekScore

WEEKS = 8


class Day(NamedTuple):
    """A plant day as forecast at its own 00:00, and what came."""

    day: date
    error: float
    naive_error: float
    in_80: bool
    in_95: bool


def weeks_of(metric: str, key: str) -> list[WeekScore]:
    """The last eight ISO weeks that have a graded day, oldest first."""
    by_week: dict[tuple[int, int], list[Day]] = defaultdict(list)
    for day in _graded_days(metric, key):
        year, week, _ = day.day.isocalendar()
        by_week[year, week].append(day)
    chosen = sorted(by_week)[-WEEKS:]
    return [_score(week, by_week[year, week]) for year, week in chosen]


def _score(week: int, days: list[Day]) -> WeekScore:
    return WeekScore(
        label=f"W{week}",
        mae=sum(day.error for day in days) / len(days),
        naive_mae=sum(day.naive_error for day in days) / len(days),
        in_80=sum(day.in_80 for day in days),
        in_95=sum(day.in_95 for day in days),
        days=len(days),
    )


def _graded_days(metric: str, key: str) -> Iterator[Day]:
    """The first day of each origin's forecast, once: a live one before a replayed one."""
    rows = Forecast.objects.filter(metric=metric, key=key, is_shadow=False).order_by(
        "-origin", "is_cheap", "made_by", "-issued_at"
    )
    newest = rows.exclude(actuals=[]).only("origin", "quantiles", "naive", "actuals")
    seen: set[date] = set()
    for row in newest[: 2 * WEEKS * 7]:
        if row.origin in seen:
            continue
        seen.add(row.origin)
        actual, naive = row.actuals[0], row.naive[0] if row.naive else None
        low95, low80, median, high80, high95 = (values[0] for values in row.quantiles.values())
        if None in (actual, naive, median):
            continue
        yield Day(
            day=row.origin,
            error=abs(median - actual),
            naive_error=abs(naive - actual),
            in_80=low80 <= actual <= high80,
            in_95=low95 <= actual <= high95,
        )
