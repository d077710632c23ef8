"""Process signals that are forecast: their daily mean or sum as a metric of machine and plant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import numpy as np
from django.db import connection

from analytics.forecasting.series import HORIZON, PLANT, DailySeries, Floats
from analytics.ml.instants import midnight
from production.models import Signal

# Good values of a signal by plant day.
BY_DAY = """
SELECT signal_id, (source_timestamp AT TIME ZONE %s)::date, avg(value), sum(value)
FROM production_sample
WHERE signal_id = ANY(%s) AND source_timestamp >= %s AND source_timestamp < %s
  AND status_code < 1073741824 AND value IS NOT NULL
GROUP BY 1, 2"""


def forecast_signals() -> list[Signal]:
    """The signals of active machines that are forecast, by name and machine."""
    chosen = Signal.objects.filter(role=Signal.Role.PROCESS, machine__active=True)
    return list(
        chosen.exclude(forecast="")
        .select_related("machine")
        .order_by("name", "machine__machine_id")
    )


def signal_series(*, first: date, last: date, timezone: str) -> list[DailySeries]:
    """By metric (the signal's name) each machine's series and the plant's over `[first, last)`.

    The plant's is the sum of daily sums and the mean of daily means. Every day counts as open: a
    signal knows no shifts.
    """
    found = []
    for name, group in groupby(forecast_signals(), key=lambda signal: signal.name):
        signals = list(group)
        table = _by_day(signals, first, last, timezone)
        is_sum = signals[0].forecast == Signal.Forecast.DAILY_SUM
        columns = {s.machine.machine_id: table[s.pk][int(is_sum)] for s in signals}
        columns[PLANT] = _of_plant(list(columns.values()), is_sum=is_sum)
        found += [
            _series(key, name, first, values, is_sum=is_sum) for key, values in columns.items()
        ]
    return found


def first_sample_day(timezone: str) -> date | None:
    """The plant day of the earliest sample of a signal that is forecast."""
    ids = [signal.pk for signal in forecast_signals()]
    if not ids:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min((x.at AT TIME ZONE %s)::date) FROM unnest(%s) AS s(id) CROSS JOIN LATERAL"
            " (SELECT source_timestamp AS at FROM production_sample WHERE signal_id = s.id"
            " ORDER BY source_timestamp LIMIT 1) AS x",
            [timezone, ids],
        )
        found: date | None = cursor.fetchone()[0]
    return found


def _by_day(
    signals: Sequence[Signal], first: date, last: date, timezone: str
) -> dict[int, tuple[Floats, Floats]]:
    """By signal: means and sums of each day, NaN where no good value came."""
    days = (last - first).days
    found = {signal.pk: (np.full(days, np.nan), np.full(days, np.nan)) for signal in signals}
    ends = [midnight(first, timezone), midnight(last, timezone)]
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, [timezone, list(found), *ends])
        for pk, day, mean, total in cursor.fetchall():
            means, sums = found[pk]
            means[(day - first).days], sums[(day - first).days] = mean, total
    return found


def _of_plant(columns: list[Floats], *, is_sum: bool) -> Floats:
    table = np.array(columns)
    known = ~np.isnan(table)
    total = np.nansum(table, axis=0)
    count = known.sum(axis=0)
    value = total if is_sum else total / np.maximum(count, 1)
    return np.where(count > 0, value, np.nan)


def _series(key: str, metric: str, first: date, values: Floats, *, is_sum: bool) -> DailySeries:
    return DailySeries(
        key=key,
        metric=metric,
        first_day=first,
        values=values,
        is_open=np.ones(len(values) + HORIZON, dtype=bool),
        lower=None,
        additive=is_sum,
    )
