"""Shift figures from a person or another system: checked row by row, stored all or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from amis.errors import Invalid
from production.live import bump_data_version
from production.models import Machine, ProductionRecord
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
from production.services.derived_rows import record_values, upsert_records
from production.services.record_events import tell_records
from production.shopfloor.record import submitted_totals
from production.shopfloor.shifts import PlannedShift, ShiftCalendar

NUMBERS = ("units_produced", "defective_units", "downtime_min")
LARGEST = 1e12
MOST_ERRORS = 1000
EARLIEST = date(1970, 1, 1)
# fromisoformat alone would take 2026-W06-6 as well.
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Fault = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One good row."""

    machine: Machine
    shift: PlannedShift
    units_produced: float | None
    defective_units: float | None
    downtime_min: float | None

    @property
    def key(self) -> tuple[int, date, str]:
        return self.machine.pk, self.shift.date, self.shift.name


def submit_records(
    *,
    rows: Sequence[Any],
    source: str = ProductionRecord.Source.SUBMITTED,
    now: datetime | None = None,
) -> dict[str, int]:
    """Store figures of whole shifts; they count from now on in place of derived ones.

    Each row is {production_date, machine_id, shift, units_produced, defective_units, downtime_min};
    the last three may be null, which is unknown and not zero. Raises Invalid with every fault of
    every row (rows from 1); then nothing is written.
    """
    figures = _Checker(now or timezone.now()).check(rows)
    with transaction.atomic():
        # Derivation holds the same lock: which record counts is decided by one at a time.
        machines = Machine.objects.filter(pk__in={figure.machine.pk for figure in figures})
        list(machines.order_by("pk").select_for_update(no_key=True).only("pk"))
        created, updated = _store(figures, source)
        if created or updated:
            schema = connection.schema_name
            transaction.on_commit(lambda: bump_data_version(schema))
    return {
        "received": len(figures),
        "created": created,
        "updated": updated,
        "unchanged": len(figures) - created - updated,
    }


class _Checker:
    """Turns rows into figures and collects what is wrong with them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._faults: list[Fault] = []
        zone, closed = plant_timezone(), closed_days()
        self._today = now.astimezone(ZoneInfo(zone)).date()
        machines = Machine.objects.select_related("shift_pattern", "connection")
        self._machines = {machine.machine_id.lower(): machine for machine in machines}
        self._calendars: dict[int, ShiftCalendar | None] = {
            machine.pk: calendar_of(machine, timezone=zone, closed=closed)
            for machine in self._machines.values()
        }

    def check(self, rows: Sequence[Any]) -> list[Figure]:
        figures: list[Figure] = []
        seen: dict[tuple[int, date, str], int] = {}
        for number, row in enumerate(rows, start=1):
            figure = self._figure(number, row)
            if figure is None:
                continue
            earlier = seen.setdefault(figure.key, number)
            if earlier != number:
                self._fault(number, "shift", f"row {earlier} is about the same machine and shift")
            figures.append(figure)
        if self._faults:
            first = self._faults[0]
            raise Invalid(
                f"Row {first['row']}, {first['field']}: {first['message']}{_more(self._faults)}. "
                "Nothing was written.",
                errors=self._faults[:MOST_ERRORS],
            )
        return figures

    def _fault(self, row: int, field: str, message: str) -> None:
        self._faults.append({"row": row, "field": field, "message": message})

    def _figure(self, number: int, row: Any) -> Figure | None:
        if not isinstance(row, dict):
            self._fault(number, "row", "must be an object")
            return None
        before = len(self._faults)
        machine = self._machine(number, row.get("machine_id"))
        day = self._day(number, row.get("production_date"))
        values = {name: self._number(number, name, row.get(name)) for name in NUMBERS}
        shift = self._shift(number, row.get("shift"), machine, day)
        if machine and shift:
            self._plausible(number, shift, values)
        if len(self._faults) > before or machine is None or shift is None:
            return None
        return Figure(machine, shift, **values)

    def _machine(self, number: int, name: Any) -> Machine | None:
        machine = self._machines.get(name.strip().lower()) if isinstance(name, str) else None
        if machine is None:
            self._fault(number, "machine_id", _unknown("machine", name))
        return machine

    def _day(self, number: int, text: Any) -> date | None:
        day = _date_of(text)
        if day is None:
            self._fault(number, "production_date", "must be a date such as 2026-02-07")
        elif day > self._today:
            self._fault(number, "production_date", f"lies in the future: today is {self._today}")
        elif day < EARLIEST:
            self._fault(number, "production_date", f"lies before {EARLIEST}")
        else:
            return day
        return None

    def _number(self, number: int, name: str, value: Any) -> float | None:
        """A count or minutes; null and the empty string are unknown."""
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._fault(number, name, "must be a number or null")
        elif not abs(value) <= LARGEST:
            self._fault(number, name, "is not a possible number")
        elif value < 0:
            self._fault(number, name, "must not be negative")
        elif name != "downtime_min" and value != int(value):
            self._fault(number, name, "must be a whole number of pieces")
        else:
            return float(value)
        return None

    def _shift(
        self, number: int, name: Any, machine: Machine | None, day: date | None
    ) -> PlannedShift | None:
        """The machine's planned shift of this name; what is no name is a fault on every day."""
        wanted = name.strip().lower() if isinstance(name, str) else ""
        if not wanted:
            self._fault(number, "shift", _unknown("shift", name))
        if not wanted or machine is None or day is None:
            return None
        calendar = self._calendars[machine.pk]
        planned = calendar.on(day) if calendar else ()
        shift = next((s for s in planned if s.name.lower() == wanted), None)
        if shift is None:
            names = ", ".join(s.name for s in planned) or "none"
            self._fault(number, "shift", f"{_unknown('shift', name)}; that day has: {names}")
        elif shift.interval.start > self._now:
            self._fault(number, "production_date", "lies in the future: the shift has not begun")
        return shift

    def _plausible(self, number: int, shift: PlannedShift, values: dict[str, float | None]) -> None:
        made, bad, down = (values[name] for name in NUMBERS)
        if made is not None and bad is not None and bad > made:
            self._fault(number, "defective_units", "must not exceed units_produced")
        if down is not None and down * 60 > shift.pbt_s:
            self._fault(
                number, "downtime_min", f"exceeds the planned busy time, {shift.pbt_s / 60:g} min"
            )


def _date_of(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and DATE.fullmatch(text) else None
    except ValueError:
        return None


def _unknown(what: str, name: Any) -> str:
    if name is None:
        return "is missing"
    return f"there is no {what} {name[:64]!r}" if isinstance(name, str) else "must be a name"


def _more(faults: list[Fault]) -> str:
    return f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""


def _store(figures: list[Figure], source: str) -> tuple[int, int]:
    """Write what is new or different; the derived record beside each stops counting."""
    if not figures:
        return 0, 0
    machines = {figure.machine.pk for figure in figures}
    days = {figure.shift.date for figure in figures}
    rows = ProductionRecord.objects.filter(machine__in=machines, production_date__in=days)
    stored: dict[tuple[int, date, str], dict[str, ProductionRecord]] = {}
    for row in rows:
        stored.setdefault((row.machine_id, row.production_date, row.shift), {})[row.source] = row
    created, changed, retired = 0, [], []
    for figure in figures:
        beside = stored.get(figure.key, {})
        values = _values(figure)
        own = beside.get(source)
        if own is None:
            created += 1
            changed.append(_record(figure, source, values))
        elif any(getattr(own, name) != value for name, value in values.items()):
            changed.append(_record(figure, source, values))
        retired += [r.pk for r in beside.values() if r.source != source and r.effective]
    ProductionRecord.objects.filter(pk__in=retired).update(effective=False)
    upsert_records(changed)
    tell_records(changed)
    return created, len(changed) - created


def _values(figure: Figure) -> dict[str, Any]:
    totals = submitted_totals(
        shift=figure.shift,
        pri_s=figure.machine.pri_s,
        units_produced=figure.units_produced,
        defective_units=figure.defective_units,
        downtime_min=figure.downtime_min,
    )
    return record_values(figure.machine, figure.shift, totals) | {
        "effective": True,
        "simulated": False,
    }


def _record(figure: Figure, source: str, values: dict[str, Any]) -> ProductionRecord:
    return ProductionRecord(
        machine=figure.machine,
        production_date=figure.shift.date,
        shift=figure.shift.name,
        source=source,
        **values,
    )
