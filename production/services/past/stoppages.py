"""Stops as a file tells them: read, cut to the time that was observed, overlapping ones joined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from amis.interval import Interval
from production.models import Machine
from production.services.equipment import odd_character
from production.services.imported_stretches import FOREVER_US
from production.services.past.table import Table, TableRow
from production.services.past.times import instant_of
from production.shopfloor.record import us

COLUMNS = ("machine_id", "start", "end")
LONGEST_REASON = 200
A_TIME = "must be a time such as 2026-02-07T06:00 (plant time) or 2026-02-07T06:00:00-06:00"


@dataclass(frozen=True, slots=True, order=True)
class Stoppage:
    """A machine stood in `[start_us, end_us)`; FOREVER_US ends one that goes on."""

    start_us: int
    end_us: int
    reason: str = ""


@dataclass(slots=True)
class ToldStops:
    """Each named machine's stops, and how many rows lie outside the observed time."""

    by_machine: dict[int, list[Stoppage]] = field(default_factory=dict)
    outside: int = 0


def read_stops(
    table: Table,
    *,
    machines: Mapping[str, Machine],
    zone: ZoneInfo,
    observed: Interval,
    may_go_on: Collection[int],
) -> ToldStops:
    """`machines` are by lower-case machine_id. Faults are added to the table's.

    A stop without an end goes on at machines (row ids) that `may_go_on`, else to the end of the
    observed time: what came later the file does not know.
    """
    first, last = us(observed.start), us(observed.end)
    told = ToldStops()
    for row in table:
        machine = _machine(table, row, machines)
        stop = _stoppage(table, row, zone)
        if machine is None:
            continue
        mine = told.by_machine.setdefault(machine.pk, [])
        if stop is None:
            continue
        if stop.start_us >= last or stop.end_us <= first:
            told.outside += 1
            continue
        goes_on = stop.end_us == FOREVER_US and machine.pk in may_go_on
        end_us = FOREVER_US if goes_on else min(stop.end_us, last)
        mine.append(Stoppage(max(stop.start_us, first), end_us, stop.reason))
    told.by_machine = {pk: joined(stops) for pk, stops in told.by_machine.items()}
    return told


def joined(stops: Iterable[Stoppage]) -> list[Stoppage]:
    """In order; those that overlap, or touch and have the same reason, are one.

    The reason is that of the first which has one. A stop of no length is none.
    """
    found: list[Stoppage] = []
    for stop in sorted(stops):
        if stop.start_us >= stop.end_us:
            continue
        last = found[-1] if found else None
        touches = last and stop.start_us == last.end_us and stop.reason == last.reason
        if last and (stop.start_us < last.end_us or touches):
            end_us = max(last.end_us, stop.end_us)
            found[-1] = Stoppage(last.start_us, end_us, last.reason or stop.reason)
        else:
            found.append(stop)
    return found


def _machine(table: Table, row: TableRow, machines: Mapping[str, Machine]) -> Machine | None:
    name = row.cells[0]
    machine = machines.get(name.lower())
    if machine is None:
        what = f"there is no machine {name[:64]!r}" if name else "is missing"
        table.faults.add(row, "machine_id", what)
    elif machine.shift_pattern_id is None:
        table.faults.add(row, "machine_id", f"{name} has no shift pattern, so no planned shifts")
    return machine


def _stoppage(table: Table, row: TableRow, zone: ZoneInfo) -> Stoppage | None:
    """None where the row has no times, which says that its machine was observed, or is wrong."""
    _, start_text, end_text, reason = row.cells
    if odd := odd_character(reason):
        table.faults.add(row, "reason", f"holds the control character {odd}")
    elif len(reason) > LONGEST_REASON:
        table.faults.add(row, "reason", f"is longer than {LONGEST_REASON} characters")
    if not start_text:
        if end_text or reason:
            table.faults.add(row, "start", "is missing")
        return None
    start = instant_of(start_text, zone)
    end = instant_of(end_text, zone)
    if start is None:
        table.faults.add(row, "start", A_TIME)
    if end is None and end_text:
        table.faults.add(row, "end", f"{A_TIME}, or empty for a stop that goes on")
    if start is None or (end is None and end_text):
        return None
    if end is not None and end < start:
        # Of an hour that the clock shows twice the end may mean the second.
        end = instant_of(end_text, zone, second=True)
    if end is not None and end < start:
        table.faults.add(row, "end", "lies before start")
        return None
    return Stoppage(us(start), us(end) if end else FOREVER_US, reason)
