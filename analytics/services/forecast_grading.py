"""What came on the days that were forecast, once all of a day is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import F, Value

from analytics.forecasting.series import HORIZON, Floats
from analytics.models import Forecast
from analytics.selectors.answers import answers_changed
from analytics.selectors.whole_days import known_until
from analytics.services.forecasts import series_until

GRADED_DAYS = 70
CORRECTED_DAYS = 2
"""A day may still be corrected for so long after the forecast's last."""


def grade_forecasts(*, now: datetime) -> int:
    """Fill in the days of earlier forecasts that are known at `now`; how many rows were graded."""
    end = known_until(now)
    newest = end - timedelta(days=1)
    waiting = list(
        Forecast.objects.filter(origin__lt=end, origin__gte=end - timedelta(days=GRADED_DAYS))
        .exclude(graded_until__gte=newest)
        .exclude(graded_until__gte=F("origin") + Value(timedelta(days=HORIZON + CORRECTED_DAYS)))
        .only("key", "metric", "origin")
    )
    known = {(one.key, one.metric): one for one in series_until(end)} if waiting else {}
    graded = [row for row in waiting if (row.key, row.metric) in known]
    for row in graded:
        one = known[row.key, row.metric]
        first = max((row.origin - one.first_day).days, 0)
        row.actuals = _plain(one.values[first : first + HORIZON])
        row.graded_until = newest
    Forecast.objects.bulk_update(graded, ["actuals", "graded_until"], batch_size=200)
    if graded:
        answers_changed()
    return len(graded)


def _plain(values: Floats) -> list[Any]:
    """Numbers for JSON: NaN is null."""
    return [float(value) if np.isfinite(value) else None for value in values]
