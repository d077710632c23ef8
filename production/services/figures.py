"""Shift figures as somebody gives them: each row is checked, and every fault of every row named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from production.models import Machine, ProductionRecord
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
from production.services.derived_rows import record_values
from production.shopfloor.record import submitted_totals
from production.shopfloor.shifts import PlannedShift, ShiftCalendar

NUMBERS = ("units_produced", "defective_units", "downtime_min")
DOWNTIME = ("apt_s", "adet_s")
LARGEST = 1e12
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

    def values(self, own: ProductionRecord | None) -> dict[str, Any]:
        """The record's columns. What imported stops told of the shift is not undone by a figure
        that does not know better.
        """
        totals = submitted_totals(
            shift=self.shift,
            pri_s=self.machine.pri_s,
            units_produced=self.units_produced,
            defective_units=self.defective_units,
            downtime_min=self.downtime_min,
        )
        values = record_values(self.machine, self.shift, totals)
        if own is not None and own.stops_imported:
            told = ("failures", "repair_s", *(DOWNTIME if self.downtime_min is None else ()))
            values = {name: value for name, value in values.items() if name not in told}
        return values


def check_figures(rows: Iterable[Any], *, now: datetime) -> tuple[list[Figure], list[Fault]]:
    """The good rows, and {row, field, message} for everything that is wrong (rows from 1).

    Each row is {production_date, machine_id, shift, units_produced, defective_units, downtime_min};
    the last three may be null.
    """
    return _Checker(now).check(rows)


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

    def check(self, rows: Iterable[Any]) -> tuple[list[Figure], list[Fault]]:
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
        return figures, self._faults

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
