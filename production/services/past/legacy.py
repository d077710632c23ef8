"""The earlier product's production table: the columns of submitted rows and a timestamp.

It wrote a row at each run, so that a shift may be there several times: the newest counts. A row
without a production date is about the last shift of its name that had begun at its timestamp.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone as clock

from production.models import Machine, ProductionRecord
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
from production.services.figures import NUMBERS, check_figures
from production.services.given import give_records
from production.services.past.outcome import Outcome
from production.services.past.production import figure_of
from production.services.past.table import Table, TableRow
from production.services.past.times import instant_of
from production.shopfloor.shifts import ShiftCalendar

COLUMNS = ("machine_id", "shift")
OPTIONAL = ("production_date", "timestamp", *NUMBERS)
Given = tuple[TableRow, dict[str, Any]]


def migrate_legacy(*, path: Path, dry_run: bool = False, now: datetime | None = None) -> Outcome:
    """Store the file's newest figure of each shift as an imported record.

    Raises Invalid with every fault, and with the machines that are not known; then nothing is
    written. A dry run counts and writes nothing.
    """
    table = Table(path, COLUMNS, OPTIONAL)
    dated = _Dates(table)
    rows = _newest((row, dated.values(row)) for row in table)
    figures, wrong = check_figures((values for _, values in rows.kept), now=now or clock.now())
    for fault in wrong:
        row, _ = rows.kept[fault["row"] - 1]
        if fault["field"] != "production_date" or not dated.is_faulty(row):
            table.faults.add(row, fault["field"], fault["message"])
    table.faults.hint = dated.hint
    table.faults.raise_any()
    with transaction.atomic():
        stored = give_records(figures, source=ProductionRecord.Source.IMPORTED)
        transaction.set_rollback(dry_run)
    remark = f"Rows of shifts that a newer row tells again, left out: {rows.older}."
    return Outcome(**stored.counts, remarks=(*table.remarks, *([remark] * bool(rows.older))))


class _Newest:
    """One row a machine, day and shift, in the order of the file, and how many were older."""

    def __init__(self) -> None:
        self.kept: list[Given] = []
        self.older = 0


def _newest(given: Iterable[Given]) -> _Newest:
    found = _Newest()
    place: dict[tuple[str, ...], int] = {}
    stamps: list[datetime | None] = []
    for row, values in given:
        stamp = values.pop("timestamp")
        key = tuple(
            str(values[name]).lower() for name in ("machine_id", "production_date", "shift")
        )
        at = place.setdefault(key, len(stamps))
        if at == len(stamps):
            found.kept.append((row, values))
            stamps.append(stamp)
            continue
        found.older += 1
        if stamp is None or stamps[at] is None or stamp >= stamps[at]:
            found.kept[at], stamps[at] = (row, values), stamp
    return found


class _Dates:
    """Gives each row its values with its production date."""

    def __init__(self, table: Table) -> None:
        self._faults, self._faulty = table.faults, set[int]()
        zone, closed = plant_timezone(), closed_days()
        self._zone = ZoneInfo(zone)
        self._calendars: dict[str, ShiftCalendar | None] = {
            machine.machine_id.lower(): calendar_of(machine, timezone=zone, closed=closed)
            for machine in Machine.objects.select_related("shift_pattern", "connection")
        }
        self._unknown: dict[str, int] = {}

    @property
    def hint(self) -> str:
        if not self._unknown:
            return ""
        named = ", ".join(f"{name[:64]} ({rows} rows)" for name, rows in self._unknown.items())
        return f"Machines that the plant does not have: {named}. Register them first."

    def is_faulty(self, row: TableRow) -> bool:
        """Whether its date was found to be at fault here already."""
        return row.number in self._faulty

    def values(self, row: TableRow) -> dict[str, Any]:
        texts = dict(zip((*COLUMNS, *OPTIONAL), row.cells, strict=True))
        values = {name: figure_of(text) if name in NUMBERS else text or None
                  for name, text in texts.items()}  # fmt: skip
        machine = texts["machine_id"]
        if machine and machine.lower() not in self._calendars:
            self._unknown[machine] = self._unknown.get(machine, 0) + 1
        stamp = instant_of(texts["timestamp"], self._zone)
        if stamp is None and texts["timestamp"]:
            self._fault(row, "timestamp", "must be a time such as 2026-02-07T14:00:00+01:00")
        elif stamp is None and not texts["production_date"]:
            self._fault(row, "production_date", "is missing, and so is a timestamp to tell it by")
        elif stamp is not None and not texts["production_date"]:
            values["production_date"] = self._day(stamp, machine, texts["shift"]).isoformat()
        return values | {"timestamp": stamp}

    def _fault(self, row: TableRow, column: str, message: str) -> None:
        self._faults.add(row, column, message)
        self._faulty.add(row.number)

    def _day(self, stamp: datetime, machine: str, shift: str) -> date:
        """The day of the last shift of this name that had begun; the plant's day where there is
        none.
        """
        today = stamp.astimezone(self._zone).date()
        calendar = self._calendars.get(machine.lower())
        for day in (today - timedelta(days=ago) for ago in range(8)) if calendar else ():
            begun = (one for one in calendar.on(day) if one.interval.start <= stamp)
            if any(one.name.lower() == shift.lower() for one in begun):
                return day
        return today
