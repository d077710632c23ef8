"""A plant's shifts, outcomes and down intervals as arrays, read from records, stops and samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from analytics.ml.history import STILL_DOWN_US, Floats, ShiftHistory
from analytics.selectors.plan import PlannedRow, plan_rows
from production.models import Machine, ProductionRecord, Signal, Stop
from production.selectors.machines import plant_machines
from production.shopfloor.packml import TIME_CLASSES, TimeClass
from production.shopfloor.record import us

DELAYS = [name for name, kind in TIME_CLASSES.items() if kind is TimeClass.ADET]
LEAST_HEARD = 0.5
"""Of a shift that was heard for less than this share of its plan the downtime is unknown."""
MOST_SIGNALS = 8
COLUMNS = (
    "machine_id", "production_date", "shift", "shift_start", "shift_end", "pot_s", "pbt_s",
    "planned_down_s", "no_data_s", "adet_s", "apt_s", "units_produced", "defective_units",
    "ideal_produced_s", "ideal_good_s",
)  # fmt: skip

# Mean, slope an hour and highest of each process signal in each recorded shift.
STATS = """
SELECT s.machine_id, r.shift_start, s.name, x.mean, x.slope * 3600, x.highest
FROM production_signal s
JOIN production_productionrecord r ON r.machine_id = s.machine_id AND r.effective
CROSS JOIN LATERAL (
  SELECT avg(value) AS mean, max(value) AS highest,
         regr_slope(value, extract(epoch FROM source_timestamp)::float8) AS slope
  FROM production_sample
  WHERE signal_id = s.id AND source_timestamp >= r.shift_start AND source_timestamp < r.shift_end
    AND status_code < 1073741824 AND value IS NOT NULL) AS x
WHERE s.machine_id = ANY(%s) AND s.name = ANY(%s) AND s.role = 'process'
  AND r.shift_start >= %s AND r.shift_start < %s AND x.mean IS NOT NULL"""


def shift_history(
    *, machines: Sequence[Machine], start: datetime, end: datetime, timezone: str
) -> ShiftHistory:
    """Every planned shift that starts in `[start, end)`, shifts to come included.

    `machines` come from `plant_machines()`. Records tell the outcome; a planned shift of which none
    tells is a row with unknown outcome.
    """
    machines = sorted(machines, key=lambda machine: machine.machine_id)
    planned = plan_rows(machines, start=start, end=end, timezone=timezone)
    rows = _with_records(planned, _records(machines, start, end))
    index = {machine.pk: n for n, machine in enumerate(machines)}
    rows.sort(key=lambda row: (index[row["machine"]], row["start"]))
    names = sorted({row["shift"] for row in rows})
    order = {name: n for n, name in enumerate(names)}
    down = _down_intervals(machines, index, end)
    signals = _signal_names(machines)
    stats = _signal_stats(machines, signals, rows, start, end)

    def floats(name: str) -> Floats:
        return np.array([row.get(name, np.nan) for row in rows], dtype=np.float64)

    return ShiftHistory(
        machines=tuple(machine.machine_id for machine in machines),
        shift_names=tuple(names),
        machine=np.array([index[row["machine"]] for row in rows], dtype=np.int64),
        shift=np.array([order[row["shift"]] for row in rows], dtype=np.int64),
        weekday=np.array([row["day"].weekday() for row in rows], dtype=np.int64),
        start_us=np.array([us(row["start"]) for row in rows], dtype=np.int64),
        end_us=np.array([us(row["end"]) for row in rows], dtype=np.int64),
        planned_min=floats("planned_min"),
        downtime_min=floats("downtime_min"),
        stops=_stops_begun(rows, index, down),
        units=floats("units"),
        defective=floats("defective"),
        quality=floats("quality"),
        efficiency=floats("efficiency"),
        maintenance_min=floats("maintenance_min"),
        signals=tuple(signals),
        signal_stats=stats,
        down_machine=down[:, 0],
        down_start_us=down[:, 1],
        down_end_us=down[:, 2],
    )


def first_start(machines: Sequence[Machine]) -> datetime | None:
    """When the earliest shift of which a record tells began."""
    records = ProductionRecord.objects.filter(machine__in=machines, effective=True)
    return records.order_by("shift_start").values_list("shift_start", flat=True).first()


def predicted_machines() -> list[Machine]:
    """The machines for which downtime is predicted: active, with a shift pattern."""
    return list(plant_machines().filter(active=True, shift_pattern__isnull=False))


def _records(machines: Sequence[Machine], start: datetime, end: datetime) -> list[dict[str, Any]]:
    records = ProductionRecord.objects.filter(
        effective=True, machine__in=machines, shift_start__gte=start, shift_start__lt=end
    ).order_by()
    return [_outcome(dict(zip(COLUMNS, row, strict=True))) for row in records.values_list(*COLUMNS)]


def _outcome(r: dict[str, Any]) -> dict[str, Any]:
    heard_s = r["pbt_s"]
    is_heard = r["adet_s"] is not None and heard_s >= LEAST_HEARD * (heard_s + r["no_data_s"])
    return {
        "machine": r["machine_id"],
        "day": r["production_date"],
        "shift": r["shift"],
        "start": r["shift_start"],
        "end": r["shift_end"],
        "planned_min": (r["pot_s"] - r["planned_down_s"]) / 60,
        "downtime_min": r["adet_s"] / 60 if is_heard else np.nan,
        "units": _or_nan(r["units_produced"]),
        "defective": _or_nan(r["defective_units"]),
        "quality": _ratio(r["ideal_good_s"], r["ideal_produced_s"]),
        "efficiency": _ratio(r["ideal_produced_s"], r["apt_s"]),
        "maintenance_min": r["planned_down_s"] / 60,
    }


def _with_records(planned: list[PlannedRow], records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plan and outcome of each shift. The plan's minutes count where the plan has the shift, since
    a record's own were known only afterwards.
    """
    by_key = {(row.machine, row.start): row for row in planned}
    rows = []
    for record in records:
        plan = by_key.pop((record["machine"], record["start"]), None)
        if plan is not None:
            pause_min = (plan.end - plan.start) / timedelta(minutes=1) - plan.planned_min
            record["planned_min"] = plan.planned_min
            record["maintenance_min"] = max(0.0, record["maintenance_min"] - pause_min)
        rows.append(record)
    for row in by_key.values():
        rows.append(
            {
                "machine": row.machine,
                "day": row.day,
                "shift": row.shift,
                "start": row.start,
                "end": row.end,
                "planned_min": row.planned_min,
            }
        )
    return rows


def _down_intervals(
    machines: Sequence[Machine], index: dict[int, int], end: datetime
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(machine, start, end) of delays that began before `end`, joined where two touch."""
    stops = Stop.objects.filter(machine__in=machines, state__in=DELAYS, start__lt=end)
    found: list[list[int]] = []
    stored = stops.order_by("machine_id", "start").values_list("machine_id", "start", "end")
    for pk, began, ended in stored:
        start_us, end_us = us(began), STILL_DOWN_US if ended is None else us(ended)
        if found and found[-1][0] == index[pk] and found[-1][2] >= start_us:
            found[-1][2] = max(found[-1][2], end_us)
        else:
            found.append([index[pk], start_us, end_us])
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 3)


def _stops_begun(
    rows: list[dict[str, Any]], index: dict[int, int], down: np.ndarray[Any, np.dtype[np.int64]]
) -> Floats:
    """How many down intervals began in each shift with a known outcome."""
    counts = np.full(len(rows), np.nan)
    starts = {n: down[down[:, 0] == n, 1] for n in set(index.values())}
    for i, row in enumerate(rows):
        if np.isnan(row.get("downtime_min", np.nan)):
            continue
        mine = starts[index[row["machine"]]]
        first, last = np.searchsorted(mine, [us(row["start"]), us(row["end"])])
        counts[i] = last - first
    return counts


def _signal_names(machines: Sequence[Machine]) -> list[str]:
    """The process signals that most machines have, at most eight."""
    names = Signal.objects.filter(machine__in=machines, role=Signal.Role.PROCESS).order_by()
    counted: dict[str, int] = {}
    for name in names.values_list("name", flat=True):
        counted[name] = counted.get(name, 0) + 1
    return sorted(sorted(counted, key=lambda name: (-counted[name], name))[:MOST_SIGNALS])


def _signal_stats(
    machines: Sequence[Machine],
    signals: list[str],
    rows: list[dict[str, Any]],
    start: datetime,
    end: datetime,
) -> Floats:
    stats = np.full((len(rows), len(signals), 3), np.nan)
    if not signals or not rows:
        return stats
    place = {(row["machine"], row["start"]): i for i, row in enumerate(rows)}
    column = {name: n for n, name in enumerate(signals)}
    with connection.cursor() as cursor:
        cursor.execute(STATS, [[machine.pk for machine in machines], signals, start, end])
        for pk, shift_start, name, *figures in cursor.fetchall():
            i = place.get((pk, shift_start))
            if i is not None:
                stats[i, column[name]] = [np.nan if f is None else f for f in figures]
    return stats


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _ratio(part: float | None, whole: float | None) -> float:
    return part / whole if part is not None and whole else np.nan
