"""What a plant publishes of its shifts: the sums of each, and the silence of each machine in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Max, QuerySet, Sum
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.kpis.rollup import Sums
from analytics.selectors.recorded import TOTALS, sums_of
from production.models import Machine, ProductionRecord
from production.selectors.calendar import plant_timezone
from production.selectors.machines import first_day, plant_machines, shift_calendar
from production.shopfloor.shifts import PlannedShift, start_of_day

KEY = ("production_date", "shift_start", "shift")
# Differences of floating point sums, far below what counts as silence.
NOTHING_S = 1e-6

Key = tuple[date, datetime, str]
"""Plant day, start and name of a shift."""


@dataclass(slots=True)
class ShiftSums:
    """Sums of the records of a shift, and by machine what `PublishedShift.silence` holds."""

    sums: Sums = field(default_factory=Sums)
    due: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    open: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    running: set[str] = field(default_factory=set)

    @property
    def silence(self) -> dict[str, dict[str, float]] | None:
        told = {
            "due": {pk: s for pk, s in self.due.items() if abs(s) > NOTHING_S},
            "open": {pk: s for pk, s in self.open.items() if s > NOTHING_S},
            "running": dict.fromkeys(self.running, 1.0),
        }
        return {name: cells for name, cells in told.items() if cells} or None


def shift_sums(
    days: Sequence[date] | None = None, *, now: datetime | None = None
) -> dict[Key, ShiftSums]:
    """By shift, as the plant's KPIs would tell at `now`; of these plant days, or of all."""
    now = now or clock.now()
    machines = list(plant_machines())
    records = _records(days).order_by()
    found: dict[Key, ShiftSums] = defaultdict(ShiftSums)
    for *key, row in _grouped(records, TOTALS):
        found[_key(key)].sums = sums_of(row)
    planned = [m for m in machines if m.active and m.shift_pattern_id and first_day(m)]
    _add_plan(found, planned, days, now)
    _take_heard(found, {m.pk for m in planned}, records, now)
    return dict(found)


def day_marks() -> dict[str, str]:
    """Something of each plant day that changes with its records, for one look at all of them."""
    marks = {
        "rows": Sum("pk"),
        "newest": Max("updated_at"),
        "told": Sum(F("pbt_s") + F("no_data_s") + F("unassigned_s")),
        "good": Sum("good_units"),
        "ran": Sum("apt_s"),
    }
    rows = _records(None).order_by().values_list("production_date").annotate(**marks)
    return {str(day): "|".join(map(str, told)) for day, *told in rows}


def plan_mark() -> str:
    """Changes with whatever plans the shifts of the past: patterns, closures, machines at work."""
    marks = []
    for machine in plant_machines().order_by("pk"):
        calendar = shift_calendar(machine)
        plan = (calendar.pattern, sorted(calendar.closed)) if calendar else None
        marks.append((machine.pk, machine.active, first_day(machine), plan))
    return f"{plant_timezone()}|{marks!r}"


def _records(days: Sequence[date] | None) -> QuerySet[ProductionRecord]:
    records = ProductionRecord.objects.filter(effective=True)
    return records if days is None else records.filter(production_date__in=days)


def _grouped(
    records: QuerySet[ProductionRecord], totals: Mapping[str, Any]
) -> Iterable[tuple[Any, ...]]:
    for row in records.values(*KEY).annotate(**totals).values_list(*KEY, *totals):
        yield (*row[: len(KEY)], row[len(KEY) :])


def _key(values: Sequence[Any]) -> Key:
    day, start, name = values
    return day, start, name


def _add_plan(
    found: dict[Key, ShiftSums],
    machines: Sequence[Machine],
    days: Sequence[date] | None,
    now: datetime,
) -> None:
    """The planned busy seconds that have passed, by machine."""
    first = min((day for m in machines if (day := first_day(m))), default=None)
    if first is None:
        return
    zone = plant_timezone()
    plans: dict[int, list[PlannedShift]] = {}
    for machine in machines:
        plan = plans.get(machine.shift_pattern_id)
        if plan is None:
            calendar = shift_calendar(machine, timezone=zone)
            plan = plans[machine.shift_pattern_id] = _planned(calendar, days, first, now)
        began, pk = first_day(machine), str(machine.pk)
        for shift in plan:
            if began is not None and shift.date >= began:
                cell = found[shift.date, shift.interval.start, shift.name]
                ended = shift.interval.end <= now
                part = cell.due if ended else cell.open
                part[pk] += shift.pbt_s if ended else shift.busy_s(now)


def _planned(
    calendar: Any, days: Sequence[date] | None, first: date, now: datetime
) -> list[PlannedShift]:
    """The shifts of a calendar that have begun."""
    begin = start_of_day(first, calendar.timezone)
    if begin >= now:
        return []
    if days is None:
        return list(calendar.overlapping(Interval(begin, now)))
    within = (first - timedelta(days=1), now)
    shifts = [s for day in sorted(days) if day >= within[0] for s in calendar.on(day)]
    return [s for s in shifts if s.interval.start < now and s.interval.end > begin]


def _take_heard(
    found: dict[Key, ShiftSums],
    planned: set[int],
    records: QuerySet[ProductionRecord],
    now: datetime,
) -> None:
    """Take off what records tell of; a shift that has not ended is marked as running instead."""
    rows = records.filter(machine__in=planned).values_list(
        *KEY, "machine_id", "shift_end", F("pbt_s") + F("no_data_s")
    )
    for *key, pk, end, heard_s in rows:
        cell = found[_key(key)]
        if end > now:
            cell.running.add(str(pk))
        else:
            cell.due[str(pk)] -= heard_s
