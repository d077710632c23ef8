"""KPI sums of a window, from one SQL roll-up and the shift plan; kept in Valkey by data version."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Max, Q, Sum, Value
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.kpis.rollup import Sums
from production.live import data_version
from production.models import Machine
from production.selectors.calendar import plant_timezone
from production.selectors.machines import first_shift, shift_calendar
from production.selectors.records import records_in
from production.shopfloor.window import Window

KEEP_S = 300
# Less than this is rounding, not missing time.
ROUNDING_S = 0.001
LONGEST_SHIFT = timedelta(days=1)
SUMMED = {
    "pot_s": "pot_s",
    "pbt_s": "pbt_s",
    "apt_s": "apt_s",
    "aust_s": "aust_s",
    "adet_s": "adet_s",
    "adot_s": "adot_s",
    "no_data_s": "no_data_s",
    "unassigned_s": "unassigned_s",
    "pq": "units_produced",
    "gq": "good_units",
    "sq": "defective_units",
    "ideal_produced_s": "ideal_produced_s",
    "ideal_good_s": "ideal_good_s",
    "failures": "failures",
    "repair_s": "repair_s",
}
UNKNOWN = {
    "unknown_pq": "units_produced",
    "unknown_gq": "good_units",
    "unknown_sq": "defective_units",
    "unknown_downtime": "apt_s",
    "missing_pri": "pri_s",
}
# The order of a roll-up's columns.
COLUMNS = (*SUMMED, *UNKNOWN, "records")
PBT, NO_DATA = COLUMNS.index("pbt_s"), COLUMNS.index("no_data_s")
COUNTED = frozenset({*UNKNOWN, "failures", "records"})
COLUMN_OF = {"shift": "shift", "day": "production_date"}

Key = str | date
Cell = tuple[int, Key]


@dataclass(frozen=True, slots=True)
class KpiSums:
    """The sums of a window: of the plant, of each machine, of each group where one was asked."""

    version: int
    total: Sums
    machines: list[tuple[Machine, Sums]]
    groups: list[tuple[str, Sums]] | None = None


@dataclass(slots=True)
class _Stored:
    """What the records say; the same until the data version changes.

    `recorded` are the planned busy seconds of which records tell; `running` holds, of those, when
    the last shift ends and the seconds of it, where it had not ended when this was read.
    """

    machines: dict[int, Sums] = field(default_factory=dict)
    keys: dict[Key, Sums] = field(default_factory=dict)
    recorded: dict[Cell, float] = field(default_factory=dict)
    running: dict[Cell, tuple[datetime, float]] = field(default_factory=dict)


def kpi_sums(
    *,
    window: Window,
    machines: list[Machine],
    shift: str | None = None,
    group_by: str | None = None,
    now: datetime | None = None,
) -> KpiSums:
    """Add up the effective records of a window by machine, and the planned time that has none.

    Planned shifts count as no data where they have passed without a record, from a machine's first
    record on: a plant is not blamed for the time before it was connected.
    """
    now = now or clock.now()
    version = data_version(connection.schema_name)
    stored = _stored(version, window, machines, shift, group_by, now)
    by_machine, by_key = dict(stored.machines), dict(stored.keys)
    for (pk, key), seconds in _missing(stored, window, machines, shift, group_by, now).items():
        by_machine[pk] = _with_silence(by_machine.get(pk), seconds)
        by_key[key] = _with_silence(by_key.get(key), seconds)
    shown = [(m, by_machine.get(m.pk, Sums())) for m in machines if m.active or m.pk in by_machine]
    return KpiSums(
        version=version,
        total=sum((sums for _, sums in shown), Sums()),
        machines=shown,
        groups=_groups(group_by, shown, by_key),
    )


def _with_silence(sums: Sums | None, seconds: float) -> Sums:
    sums = sums or Sums()
    return replace(sums, no_data_s=sums.no_data_s + seconds)


def _stored(
    version: int,
    window: Window,
    machines: list[Machine],
    shift: str | None,
    group_by: str | None,
    now: datetime,
) -> _Stored:
    column = COLUMN_OF.get(group_by or "")
    ids = ",".join(str(m.pk) for m in machines)
    question = f"{window.dates or window.interval}|{shift}|{column}|{ids}"
    name = f"kpi:{version}:{hashlib.sha256(question.encode()).hexdigest()}"
    stored: _Stored | None = cache.get(name)
    if stored is None:
        stored = _read(window, machines, shift, column, now)
        cache.set(name, stored, KEEP_S)
    return stored


def _read(
    window: Window, machines: list[Machine], shift: str | None, column: str | None, now: datetime
) -> _Stored:
    """One roll-up by machine, and by shift or day where asked; folded into both here."""
    totals: list[Any] = [Sum(name) for name in SUMMED.values()]
    totals += [Count("pk", filter=Q(**{f"{name}__isnull": True})) for name in UNKNOWN.values()]
    unfinished = Sum(F("pbt_s") + F("no_data_s"), filter=Q(shift_end__gt=now))
    named = {f"sum_{n}": total for n, total in enumerate((*totals, Count("pk")))}
    rows = list(
        records_in(window=window, machines=machines, shift=shift)
        .order_by()
        .values("machine_id", *([column] if column else []))
        .annotate(**named, last_end=Max("shift_end"), running_s=unfinished)
        .values_list("machine_id", column or Value(""), "last_end", "running_s", *named)
    )
    stored = _Stored(
        machines=_folded([row[0] for row in rows], [row[4:] for row in rows]),
        keys=_folded([row[1] for row in rows], [row[4:] for row in rows]) if column else {},
    )
    for pk, key, end, seconds, *sums in rows:
        stored.recorded[pk, key] = sums[PBT] + sums[NO_DATA]
        if seconds is not None:
            stored.running[pk, key] = (end, seconds)
    return stored


def _folded(keys: list[Any], rows: list[tuple[Any, ...]]) -> dict[Any, Sums]:
    """Add the rows of equal keys."""
    places = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    totals = np.zeros((len(places), len(COLUMNS)))
    if rows:
        # A sum of nothing but unknown values is null; it adds 0 and is counted as unknown.
        known = np.nan_to_num(np.array(rows, dtype=float))
        np.add.at(totals, [places[key] for key in keys], known)
    whole = [name in COUNTED for name in COLUMNS]
    return {
        key: Sums(
            **{
                name: int(value) if is_whole else value
                for name, value, is_whole in zip(COLUMNS, total.tolist(), whole, strict=True)
            }
        )
        for key, total in zip(places, totals, strict=True)
    }


def _missing(
    stored: _Stored,
    window: Window,
    machines: list[Machine],
    shift: str | None,
    group_by: str | None,
    now: datetime,
) -> dict[Cell, float]:
    """Planned busy seconds that have passed and of which no record tells."""
    recorded = dict(stored.recorded)
    running = set()
    for cell, (end, seconds) in stored.running.items():
        if end > now:
            recorded[cell] -= seconds
            running.add(cell[0])
    missing: dict[Cell, float] = {}
    for machine, planned in _planned(window, machines, shift, group_by, now):
        for key, (passed, unfinished) in planned.items():
            due = passed + (0.0 if machine.pk in running else unfinished)
            lack = due - recorded.get((machine.pk, key), 0.0)
            if lack > ROUNDING_S:
                missing[machine.pk, key] = lack
    return missing


def _planned(
    window: Window,
    machines: list[Machine],
    shift: str | None,
    group_by: str | None,
    now: datetime,
) -> Iterable[tuple[Machine, dict[Key, tuple[float, float]]]]:
    """Each machine's planned busy seconds by key: of ended shifts, and of the running one."""
    planned = [m for m in machines if m.active and m.shift_pattern_id]
    first = {m.pk: start for m in planned if (start := first_shift(m))}
    known = [m for m in planned if m.pk in first]
    start = max(min((first[m.pk] for m in known), default=now), window.interval.start)
    end = min(now, window.interval.end + LONGEST_SHIFT)
    if start >= end:
        return
    zone = plant_timezone()
    plans: dict[int, _Plan] = {}
    for machine in known:
        plan = plans.get(machine.shift_pattern_id)
        if plan is None:
            calendar = shift_calendar(machine, timezone=zone)
            shifts = [
                (s.interval.start, _key(group_by, s.date, s.name), *_busy(s, now))
                for s in window.shifts(calendar, Interval(start, end))
                if shift is None or s.name == shift
            ]
            plan = plans[machine.shift_pattern_id] = _Plan(shifts)
        yield machine, plan.since(first[machine.pk])


class _Plan:
    """The planned shifts of one pattern, summed once for all machines that had them all."""

    def __init__(self, shifts: list[tuple[datetime, Key, float, float]]) -> None:
        self._shifts = shifts
        self._starts = [start for start, *_ in shifts]
        self._whole = self._sum(0)

    def since(self, first: datetime) -> dict[Key, tuple[float, float]]:
        index = bisect_left(self._starts, first)
        return self._sum(index) if index else self._whole

    def _sum(self, index: int) -> dict[Key, tuple[float, float]]:
        sums: dict[Key, tuple[float, float]] = {}
        for _, key, passed, unfinished in self._shifts[index:]:
            before = sums.get(key, (0.0, 0.0))
            sums[key] = (before[0] + passed, before[1] + unfinished)
        return sums


def _busy(shift: Any, now: datetime) -> tuple[float, float]:
    """Planned busy seconds of an ended shift, or those so far of a running one."""
    if shift.interval.end <= now:
        return shift.pbt_s, 0.0
    return 0.0, shift.elapsed(now)[1]


def _key(group_by: str | None, day: date, shift: str) -> Key:
    if group_by == "day":
        return day
    return shift if group_by == "shift" else ""


def _groups(
    group_by: str | None, machines: list[tuple[Machine, Sums]], by_key: dict[Key, Sums]
) -> list[tuple[str, Sums]] | None:
    if group_by is None:
        return None
    if group_by == "machine":
        return [(machine.machine_id, sums) for machine, sums in machines]
    if group_by == "line":
        by_key = {}
        for machine, sums in machines:
            name = machine.line.name if machine.line else ""
            by_key[name] = by_key.get(name, Sums()) + sums
    return [(str(key), by_key[key]) for key in sorted(by_key)]
