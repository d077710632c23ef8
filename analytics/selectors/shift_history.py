"""A plant's shifts, outcomes and down intervals as arrays, read from records, stops and samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from analytics.ml.history import STILL_DOWN_US, Floats, Ints, ShiftHistory
from analytics.selectors.bulk_numbers import numbers
from analytics.selectors.planned_shifts import PlannedShifts, planned_shifts
from production.models import Machine, ProductionRecord, Signal
from production.selectors.machines import plant_machines
from production.shopfloor.packml import TIME_CLASSES, TimeClass

DELAYS = [name for name, kind in TIME_CLASSES.items() if kind is TimeClass.ADET]
LEAST_HEARD = 0.5
"""Of a shift that was heard for less than this share of its plan the downtime is unknown."""
MOST_SIGNALS = 8
MINUTE_US = 60_000_000
OUTCOMES = ("downtime_min", "units", "defective", "quality", "efficiency", "maintenance_min")

# Seconds and pieces of each shift's record that counts; NaN is unknown.
RECORDS = """
SELECT machine_id::float8, array_position(%(names)s, shift)::float8 - 1,
       extract(isodow FROM production_date)::float8 - 1,
       (extract(epoch FROM shift_start) * 1000000)::float8,
       (extract(epoch FROM shift_end) * 1000000)::float8, (pot_s - planned_down_s) / 60,
       coalesce(CASE WHEN pbt_s >= %(heard)s * (pbt_s + no_data_s) THEN adet_s / 60 END, 'NaN'),
       coalesce(units_produced, 'NaN'), coalesce(defective_units, 'NaN'),
       coalesce(ideal_good_s / nullif(ideal_produced_s, 0), 'NaN'),
       coalesce(ideal_produced_s / nullif(apt_s, 0), 'NaN'), planned_down_s / 60
FROM production_productionrecord
WHERE effective AND machine_id = ANY(%(pks)s) AND shift_start >= %(start)s AND shift_start < %(end)s
"""

# Delays that began before an instant; one that goes on ends at NaN.
STOPS = """
SELECT machine_id::float8, (extract(epoch FROM start) * 1000000)::float8,
       coalesce((extract(epoch FROM "end") * 1000000)::float8, 'NaN')
FROM production_stop
WHERE machine_id = ANY(%(pks)s) AND state = ANY(%(delays)s) AND start < %(end)s"""

# Mean, slope an hour and highest of each process signal in each recorded shift.
STATS = """
SELECT s.machine_id::float8, (extract(epoch FROM r.shift_start) * 1000000)::float8,
       array_position(%(names)s, s.name)::float8 - 1, x.mean, coalesce(x.slope * 3600, 'NaN'),
       x.highest
FROM production_signal s
JOIN production_productionrecord r ON r.machine_id = s.machine_id AND r.effective
CROSS JOIN LATERAL (
  SELECT avg(value) AS mean, max(value) AS highest,
         regr_slope(value, extract(epoch FROM source_timestamp)::float8) AS slope
  FROM production_sample
  WHERE signal_id = s.id AND source_timestamp >= r.shift_start AND source_timestamp < r.shift_end
    AND status_code < 1073741824 AND value IS NOT NULL) AS x
WHERE s.machine_id = ANY(%(pks)s) AND s.name = ANY(%(names)s) AND s.role = 'process'
  AND r.shift_start >= %(start)s AND r.shift_start < %(end)s AND x.mean IS NOT NULL"""


def shift_history(
    *, machines: Sequence[Machine], start: datetime, end: datetime, timezone: str
) -> ShiftHistory:
    """Every planned shift that starts in `[start, end)`, shifts to come included.

    `machines` come from `plant_machines()`. Records tell the outcome; a planned shift of which none
    tells is a row with unknown outcome.
    """
    machines = sorted(machines, key=lambda machine: machine.machine_id)
    asked: dict[str, Any] = {
        "pks": [machine.pk for machine in machines],
        "start": start,
        "end": end,
    }
    names = _shift_names(machines)
    plan = planned_shifts(machines, start=start, end=end, timezone=timezone, names=names)
    records = _placed(RECORDS, {**asked, "names": names, "heard": LEAST_HEARD}, 12)
    keys = _Keys.of(plan, records)
    columns = _columns(plan, records, keys)
    down = _down_intervals(_placed(STOPS, {**asked, "delays": DELAYS}, 3))
    order = sorted(range(len(names)), key=names.__getitem__)
    signals = _signal_names(machines)
    return ShiftHistory(
        machines=tuple(machine.machine_id for machine in machines),
        shift_names=tuple(names[place] for place in order),
        shift=np.argsort(order)[columns.pop("shift")].astype(np.int64) if names else _none(),
        stops=_stops_begun(columns, down),
        signals=tuple(signals),
        signal_stats=_signal_stats(asked, signals, keys),
        down_machine=down[:, 0],
        down_start_us=down[:, 1],
        down_end_us=down[:, 2],
        **columns,
    )


def first_start(machines: Sequence[Machine]) -> datetime | None:
    """When the earliest shift of which a record tells began."""
    records = ProductionRecord.objects.filter(machine__in=machines, effective=True)
    return records.order_by("shift_start").values_list("shift_start", flat=True).first()


def predicted_machines() -> list[Machine]:
    """The machines for which downtime is predicted: active, with a shift pattern."""
    return list(plant_machines().filter(active=True, shift_pattern__isnull=False))


def _placed(query: str, asked: dict[str, Any], columns: int) -> Floats:
    """Rows of a query whose first column becomes the machine's place among those asked for."""
    table = numbers(query, asked).reshape(-1, columns)
    pks = np.array(asked["pks"], dtype=np.float64)
    order = np.argsort(pks)
    table[:, 0] = order[np.searchsorted(pks, table[:, 0], sorter=order)]
    return table


class _Keys:
    """Where each planned shift and each record stands among the rows: once a machine and start."""

    def __init__(self, rows: Ints, plan: Ints, records: Ints) -> None:
        self.rows, self.plan, self.records = rows, plan, records

    @classmethod
    def of(cls, plan: PlannedShifts, records: Floats) -> _Keys:
        planned = key_of(plan.machine, plan.start_us)
        recorded = key_of(records[:, 0].astype(np.int64), records[:, 3].astype(np.int64))
        rows = np.unique(np.concatenate([planned, recorded]))
        return cls(rows, np.searchsorted(rows, planned), np.searchsorted(rows, recorded))

    def find(self, machine: Ints, start_us: Ints) -> Ints:
        """The row of each machine and start; −1 where there is none."""
        wanted = key_of(machine, start_us)
        place = np.searchsorted(self.rows, wanted)
        inside = np.minimum(place, len(self.rows) - 1)
        return np.where(self.rows[inside] == wanted, inside, -1)


def key_of(machine: Ints, at_us: Ints) -> Ints:
    """One number of a machine's place and an instant, in their order: 4,000 machines to 2248."""
    key: Ints = (machine << 51) | (at_us >> 2)
    return key


def _columns(plan: PlannedShifts, records: Floats, keys: _Keys) -> dict[str, Any]:
    """Plan and outcome of each row. The plan's minutes count where the plan has the shift, since a
    record's own were known only afterwards.
    """
    count = len(keys.rows)
    found: dict[str, Any] = {name: np.full(count, np.nan) for name in OUTCOMES}
    for name in ("machine", "shift", "weekday", "start_us", "end_us"):
        found[name] = np.zeros(count, dtype=np.int64)
    found["planned_min"] = np.full(count, np.nan)
    whole = records[:, :5].astype(np.int64)
    for place, name in enumerate(("machine", "shift", "weekday", "start_us", "end_us")):
        found[name][keys.records] = whole[:, place]
        found[name][keys.plan] = getattr(plan, name)
    found["planned_min"][keys.records] = records[:, 5]
    for place, name in enumerate(OUTCOMES, start=6):
        found[name][keys.records] = records[:, place]
    found["planned_min"][keys.plan] = plan.planned_min
    pause = (plan.end_us - plan.start_us) / MINUTE_US - plan.planned_min
    planned_down = found["maintenance_min"][keys.plan] - pause
    found["maintenance_min"][keys.plan] = np.maximum(planned_down, 0.0)
    return found


def _down_intervals(stops: Floats) -> Ints:
    """(machine, start, end) of delays, joined where one touches the next."""
    stops = stops[np.lexsort((stops[:, 1], stops[:, 0]))]
    machine, start = stops[:, 0].astype(np.int64), stops[:, 1].astype(np.int64)
    goes_on = np.isnan(stops[:, 2])
    end = np.where(goes_on, STILL_DOWN_US, np.nan_to_num(stops[:, 2]).astype(np.int64))
    if not len(stops):
        return np.zeros((0, 3), dtype=np.int64)
    touches = (machine[1:] == machine[:-1]) & (start[1:] <= end[:-1])
    first = np.flatnonzero(np.concatenate([[True], ~touches]))
    return np.column_stack([machine[first], start[first], np.maximum.reduceat(end, first)])


def _stops_begun(columns: dict[str, Any], down: Ints) -> Floats:
    """How many down intervals began in each shift with a known outcome."""
    begun = key_of(down[:, 0], down[:, 1])
    ends = [key_of(columns["machine"], columns[name]) for name in ("start_us", "end_us")]
    first, last = (np.searchsorted(begun, end) for end in ends)
    return np.where(np.isnan(columns["downtime_min"]), np.nan, last - first)


def _shift_names(machines: Sequence[Machine]) -> list[str]:
    """Names of shifts in the records; the plan may add others."""
    records = ProductionRecord.objects.filter(machine__in=machines).order_by()
    return sorted(records.values_list("shift", flat=True).distinct())


def _signal_names(machines: Sequence[Machine]) -> list[str]:
    """The process signals that most machines have, at most eight."""
    names = Signal.objects.filter(machine__in=machines, role=Signal.Role.PROCESS).order_by()
    counted: dict[str, int] = {}
    for name in names.values_list("name", flat=True):
        counted[name] = counted.get(name, 0) + 1
    return sorted(sorted(counted, key=lambda name: (-counted[name], name))[:MOST_SIGNALS])


def _signal_stats(asked: dict[str, Any], signals: list[str], keys: _Keys) -> Floats:
    stats = np.full((len(keys.rows), len(signals), 3), np.nan)
    if not signals or not len(keys.rows):
        return stats
    found = _placed(STATS, {**asked, "names": signals}, 6)
    rows = keys.find(found[:, 0].astype(np.int64), found[:, 1].astype(np.int64))
    known = rows >= 0
    stats[rows[known], found[known, 2].astype(np.int64)] = found[known, 3:]
    return stats


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)
