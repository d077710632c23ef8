"""`/api/ml/scorecard`: what was said of each shift or day last before it began, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from analytics.forecasting.series import HORIZON
from analytics.models import Forecast, Prediction
from analytics.selectors.track_record import last_said

COLUMNS = (
    "as_of", "shift_start", "shift_end", "median_min", "expected_min", "lo80", "hi80", "lo95",
    "hi95", "p_downtime_30", "confidence",
)  # fmt: skip
LEVELS = {"lo95": "0.025", "lo80": "0.1", "median": "0.5", "hi80": "0.9", "hi95": "0.975"}


def shift_scores(
    *, days: int, machine_id: str | None, now: datetime, part: slice
) -> tuple[int, list[dict[str, Any]]]:
    """Next-shift predictions of machines whose shift starts within `days` before now or later: how
    many there are, and a part of them.
    """
    rows = Prediction.objects.filter(
        machine__isnull=False, is_shadow=False, shift_start__gte=now - timedelta(days=days)
    )
    if machine_id is not None:
        rows = rows.filter(machine__machine_id=machine_id)
    newest = Prediction.objects.filter(pk__in=last_said(rows).values("pk"))
    shown = newest.select_related("machine", "version").defer("factors", "version__evidence")
    ordered = shown.order_by("-shift_start", "machine__machine_id")
    return newest.count(), [_shift(row) for row in ordered[part]]


def _shift(row: Prediction) -> dict[str, Any]:
    is_known = row.actual_min is not None
    return {
        **{name: getattr(row, name) for name in COLUMNS},
        "machine_id": row.machine.machine_id,
        "risk": row.risk.capitalize(),
        "served": row.served,
        "model_version": str(row.version.number) if row.version else None,
        "origin": row.origin,
        "actual_min": row.actual_min,
        "naive_min": row.naive_min if is_known else None,
    }


def day_scores(
    *, days: int, machine_id: str | None, now: datetime, part: slice
) -> tuple[int, list[dict[str, Any]]]:
    """Every day of the forecasts that were issued within `days`, metric and horizon named: how many
    there are, and a part of them. Only the forecasts of the part are read.
    """
    rows = Forecast.objects.filter(is_shadow=False, as_of__gte=now - timedelta(days=days))
    if machine_id is not None:
        rows = rows.filter(key=machine_id)
    rows = rows.exclude(served="insufficient").order_by("-origin", "metric", "key", "pk")
    first, last = part.start // HORIZON, -(-part.stop // HORIZON)
    found: list[dict[str, Any]] = []
    for row in rows.select_related("version").defer("version__evidence")[first:last]:
        found += _days(row)
    skipped = first * HORIZON
    return rows.count() * HORIZON, found[part.start - skipped : part.stop - skipped]


def _days(row: Forecast) -> Iterator[dict[str, Any]]:
    for n in range(HORIZON):
        actual = row.actuals[n] if n < len(row.actuals) else None
        yield {
            "as_of": row.as_of,
            "machine_id": row.key,
            "metric": row.metric,
            "date": row.origin + timedelta(days=n),
            "horizon": n + 1,
            **{name: row.quantiles[level][n] for name, level in LEVELS.items()},
            "mean": row.mean[n],
            "served": row.served,
            "model_version": str(row.version.number) if row.version else None,
            "origin": row.made_by,
            "actual_min": actual,
            "naive_min": row.naive[n] if actual is not None and row.naive else None,
        }
