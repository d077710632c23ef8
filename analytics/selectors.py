"""KPI sums of a window, from one SQL roll-up and the shift plan; kept in Valkey by data version."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.kpis.rollup import Sums
from production.live import data_version
from production.models import Machine, ProductionRecord
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
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
COLUMN_OF = {"shift": "shift", "day": "production_date"}

Key = str | date
Cell = tuple[int, Key]


@dataclass(frozen=True, slots=True)
class KpiSums:
    """The sums of a window: of the plant, of each machine, and of each group where one was asked."""

    version: int
    total: Sums
    machines: list[tuple[Machine, Sums]]
    groups: list[tuple[str, Sums]] | None = None


@dataclass(slots=True)
class _Stored:
    """What the database says; the same until the data version changes."""

    sums: dict[Cell, Sums] = field(default_factory=dict)
    running: list[tuple[int, Key, datetime, float]] = field(default_factory=list)
    first: dict[int, datetime] = field(default_factory=dict)


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
    cells = dict(stored.sums)
    for cell, seconds in _missing(stored, window, machines, shift, group_by, now).items():
        sums = cells.get(cell, Sums())
        cells[cell] = replace(sums, no_data_s=sums.no_data_s + seconds)
    by_machine = _fold((machine_id, sums) for (machine_id, _), sums in cells.items())
    shown = [(m, by_machine.get(m.pk, Sums())) for m in machines if m.active or m.pk in by_machine]
    return KpiSums(
        version=version,
        total=sum((sums for _, sums in shown), Sums()),
        machines=shown,
        groups=_groups(cells, shown, group_by),
    )


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
    records = records_in(window=window, machines=machines, shift=shift).order_by()
    keys = ["machine_id", *([column] if column else [])]
    aggregates: dict[str, Any] = {f"sum_{name}": Sum(col) for name, col in SUMMED.items()}
    aggregates |= {
        f"sum_{name}": Count("pk", filter=Q(**{f"{col}__isnull": True}))
        for name, col in UNKNOWN.items()
    }
    stored = _Stored()
    rows = records.values(*keys).annotate(
        **aggregates, sum_records=Count("pk"), last_end=Max("shift_end")
    )
    unfinished = False
    for row in rows:
        cell = (row["machine_id"], row[column] if column else "")
        stored.sums[cell] = Sums(
            **{name[4:]: value or 0 for name, value in row.items() if name.startswith("sum_")}
        )
        unfinished = unfinished or row["last_end"] > now
    if unfinished:
        stored.running = [
            (machine_id, key if column else "", end, seconds)
            for machine_id, key, end, seconds in records.filter(shift_end__gt=now).values_list(
                "machine_id", column or "shift", "shift_end", F("pbt_s") + F("no_data_s")
            )
        ]
    stored.first = _first_records(machines)
    return stored


def _first_records(machines: list[Machine]) -> dict[int, datetime]:
    """When each machine's first recorded shift began."""
    earliest = ProductionRecord.objects.filter(machine=OuterRef("pk")).order_by(
        "production_date", "shift_start"
    )
    rows = Machine.objects.filter(pk__in=[m.pk for m in machines]).annotate(
        first=Subquery(earliest.values("shift_start")[:1])
    )
    return dict(rows.filter(first__isnull=False).values_list("pk", "first"))


def _missing(
    stored: _Stored,
    window: Window,
    machines: list[Machine],
    shift: str | None,
    group_by: str | None,
    now: datetime,
) -> dict[Cell, float]:
    """Planned busy seconds that have passed and of which no record tells."""
    recorded: dict[Cell, float] = defaultdict(float)
    for cell, sums in stored.sums.items():
        recorded[cell] = sums.pbt_s + sums.no_data_s
    running = set()
    for machine_id, key, end, seconds in stored.running:
        if end > now:
            recorded[machine_id, key] -= seconds
            running.add(machine_id)
    missing: dict[Cell, float] = {}
    for machine, planned in _planned(stored.first, window, machines, shift, group_by, now):
        for key, (passed, unfinished) in planned.items():
            due = passed + (0.0 if machine.pk in running else unfinished)
            lack = due - recorded.get((machine.pk, key), 0.0)
            if lack > ROUNDING_S:
                missing[machine.pk, key] = lack
    return missing


def _planned(
    first: dict[int, datetime],
    window: Window,
    machines: list[Machine],
    shift: str | None,
    group_by: str | None,
    now: datetime,
) -> Iterable[tuple[Machine, dict[Key, tuple[float, float]]]]:
    """For each machine and key the planned busy seconds: of ended shifts, and of the running one."""
    known = [m for m in machines if m.pk in first and m.active and m.shift_pattern_id]
    start = max(min((first[m.pk] for m in known), default=now), window.interval.start)
    end = min(now, window.interval.end + LONGEST_SHIFT)
    if start >= end:
        return
    zone, closed = plant_timezone(), closed_days()
    plans: dict[int, _Plan] = {}
    for machine in known:
        plan = plans.get(machine.shift_pattern_id)
        if plan is None:
            calendar = calendar_of(machine, timezone=zone, closed=closed)
            shifts = [
                (s.interval.start, _key(group_by, s.date, s.name), *_busy(s, now))
                for s in window.shifts(calendar, Interval(start, end))
                if shift is None or s.name == shift
            ]
            plan = plans[machine.shift_pattern_id] = _Plan(shifts)
        yield machine, plan.since(first[machine.pk])


class _Plan:
    """The planned shifts of one pattern; summed once for all machines that are there from the start."""

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


def _fold(pairs: Iterable[tuple[Any, Sums]]) -> dict[Any, Sums]:
    folded: dict[Any, Sums] = {}
    for key, sums in pairs:
        folded[key] = folded[key] + sums if key in folded else sums
    return folded


def _groups(
    cells: dict[Cell, Sums], machines: list[tuple[Machine, Sums]], group_by: str | None
) -> list[tuple[str, Sums]] | None:
    if group_by is None:
        return None
    if group_by == "machine":
        return [(machine.machine_id, sums) for machine, sums in machines]
    if group_by == "line":
        folded = _fold((m.line.name if m.line else "", sums) for m, sums in machines)
    else:
        folded = _fold((key, sums) for (_, key), sums in cells.items())
    return [(str(key), folded[key]) for key in sorted(folded)]
