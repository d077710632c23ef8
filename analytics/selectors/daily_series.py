"""Metrics by plant day as series: of each machine and of the plant, from records and samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Sum

from analytics.forecasting.series import HORIZON, PLANT, DailySeries, Floats
from analytics.ml.instants import midnight
from production.models import Machine, ProductionRecord
from production.selectors.machines import shift_calendar
from production.shopfloor.shifts import PlannedShift

METRICS = ("downtime_min", "units_produced", "defect_rate", "oee")
ADDITIVE = {"downtime_min", "units_produced"}
HIGHEST = {"defect_rate": 1.0}
LEAST_HEARD = 0.5
"""Of a day that was heard for less than this share of its plan the metrics are unknown."""
SUMS = ("adet_s", "units_produced", "defective_units", "ideal_good_s", "pbt_s", "no_data_s")


def daily_series(
    *, machines: Sequence[Machine], first: date, last: date, timezone: str
) -> list[DailySeries]:
    """Every metric of each machine and of the plant over `[first, last)`, by metric and key.

    `machines` come from `plant_machines()`; the plan reaches 30 days beyond `last`.
    """
    days = (last - first).days
    planned = {m.pk: _planned(m, first, days + HORIZON, timezone) for m in machines}
    recorded = _recorded(machines, first, days)
    found = []
    for key, members in [(m.machine_id, [m]) for m in machines] + [(PLANT, list(machines))]:
        plan_s = np.sum([planned[m.pk] for m in members], axis=0)
        sums = {name: _sum_of([recorded[m.pk][name] for m in members]) for name in SUMS}
        is_late = any(_runs_past_midnight(m, first, timezone) for m in members)
        for metric in METRICS:
            found.append(
                DailySeries(
                    key=key,
                    metric=metric,
                    first_day=first,
                    values=_values(metric, sums, plan_s[:days]),
                    is_open=plan_s > 0,
                    upper=HIGHEST.get(metric),
                    additive=metric in ADDITIVE,
                    late_days=int(is_late),
                )
            )
    return found


def first_record_day(machines: Sequence[Machine]) -> date | None:
    records = ProductionRecord.objects.filter(machine__in=machines, effective=True)
    return records.order_by("production_date").values_list("production_date", flat=True).first()


def _planned(machine: Machine, first: date, days: int, timezone: str) -> Floats:
    """Planned busy seconds of each day."""
    calendar = shift_calendar(machine, timezone=timezone)
    seconds = np.zeros(days)
    if calendar is not None:
        for n in range(days):
            seconds[n] = sum(s.pbt_s for s in calendar.on(first + timedelta(days=n)))
    return seconds


def _runs_past_midnight(machine: Machine, day: date, timezone: str) -> bool:
    calendar = shift_calendar(machine, timezone=timezone)
    if calendar is None:
        return False
    week = calendar.between(day, day + timedelta(days=7))
    return any(_ends_after_its_day(shift, timezone) for shift in week)


def _ends_after_its_day(shift: PlannedShift, timezone: str) -> bool:
    return shift.interval.end > midnight(shift.date + timedelta(days=1), timezone)


def _recorded(machines: Sequence[Machine], first: date, days: int) -> dict[int, dict[str, Floats]]:
    """By machine: sums of its effective records a day; NaN where none or an unknown one is."""
    found = {m.pk: {name: np.full(days, np.nan) for name in SUMS} for m in machines}
    records = ProductionRecord.objects.filter(
        effective=True,
        machine__in=machines,
        production_date__gte=first,
        production_date__lt=first + timedelta(days=days),
    ).order_by()
    totals: dict[str, Any] = {f"sum_{name}": Sum(name) for name in SUMS}
    unknown = {f"known_{name}": Count(name) for name in SUMS}
    by_day = records.values("machine_id", "production_date")
    for row in by_day.annotate(records=Count("pk"), **totals, **unknown):
        n = (row["production_date"] - first).days
        for name in SUMS:
            if row[f"known_{name}"] == row["records"]:
                found[row["machine_id"]][name][n] = row[f"sum_{name}"]
    return found


def _sum_of(columns: list[Floats]) -> Floats:
    """Of machines of which none is known, nothing is; one that is silent adds nothing."""
    table = np.array(columns)
    known = ~np.isnan(table)
    return np.where(known.any(axis=0), np.nansum(table, axis=0), np.nan)


def _values(metric: str, sums: dict[str, Floats], plan_s: Floats) -> Floats:
    heard = np.nan_to_num(sums["pbt_s"]) >= LEAST_HEARD * plan_s
    with np.errstate(divide="ignore", invalid="ignore"):
        value = {
            "downtime_min": lambda: sums["adet_s"] / 60,
            "units_produced": lambda: sums["units_produced"],
            "defect_rate": lambda: sums["defective_units"] / sums["units_produced"],
            "oee": lambda: sums["ideal_good_s"] / sums["pbt_s"],
        }[metric]()
    known = heard & (plan_s > 0) & np.isfinite(value)
    closed = 0.0 if metric in ADDITIVE else np.nan
    return np.where(plan_s > 0, np.where(known, value, np.nan), closed)
