"""A machine's past in an observed time: what a file tells of its stops becomes shifts and stops."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from amis.interval import Interval
from production.models import Machine, ProductionRecord, Stop, StopReason
from production.selectors.states import stops_in
from production.services.derived_rows import REASON_FIELDS, explanation_of, record_values
from production.services.given import Stored, store_given
from production.services.imported_stretches import FOREVER_US
from production.services.past.outcome import Outcome
from production.services.past.stoppages import Stoppage, joined
from production.services.past.unassigned import unassigned_s
from production.services.row_difference import sync_rows
from production.shopfloor.record import ShiftTotals, instant, shift_totals, us
from production.shopfloor.shifts import PlannedShift, ShiftCalendar
from production.shopfloor.states import StateSpan

RUNNING, STATE = "Execute", "Stopped"
"""The PackML state of an imported stop: a delay (ADET), whatever its reason."""

IMPORTED = ProductionRecord.Source.IMPORTED
BY_FILE = "imported file"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a file says of one machine: in `observed` it stood in these stops, else it ran."""

    machine: Machine
    calendar: ShiftCalendar
    observed: Interval
    stops: list[Stoppage]
    reasons: Mapping[str, StopReason]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a stop within one planned shift, or between two."""

    start_us: int
    end_us: int
    reason: str
    shift: PlannedShift | None


@dataclass(frozen=True, slots=True)
class ObservedShift:
    """A planned shift of which every stop is known."""

    machine: Machine
    shift: PlannedShift
    pieces: list[Piece]
    unassigned_s: float

    def values(self, own: ProductionRecord | None) -> dict[str, Any]:
        """Downtime and stops; pieces that an imported record has stay."""
        totals = _totals(
            self.shift, tuple(self.pieces), self.machine.pri_s, self.machine.minor_stop_s
        )
        if own is not None:
            pieces = {"pq": own.units_produced, "gq": own.good_units, "sq": own.defective_units}
            totals = replace(totals, **pieces, rq=own.rework_units)
        values = record_values(self.machine, self.shift, totals)
        return values | {"unassigned_s": self.unassigned_s, "stops_imported": True}


def lay_observation(one: Observation) -> tuple[Outcome, Stored]:
    """Bring the machine's imported records and stops to what the file says; in a transaction."""
    shifts = one.calendar.overlapping(one.observed)
    rows = list(stops_in(_reach(one.observed, shifts), machine=one.machine))
    kept = [part for row in rows if row.imported for part in _outside(row, one.observed)]
    pieces = cut_at_shifts(joined([*one.stops, *kept]), shifts, until_us=us(one.observed.end))
    known = _known_whole(one, shifts)
    gone = _overruled(rows, pieces, known)
    Stop.objects.filter(pk__in=gone).delete()
    wanted = _wanted(one, rows, pieces)
    existing = {row.start: row for row in rows if row.imported}
    synced = sync_rows(Stop, one.machine, existing, wanted)
    stored = store_given(_observed_shifts(one.machine, known, pieces, wanted), source=IMPORTED)
    outcome = Outcome(
        created=stored.counts["created"] + synced.created,
        updated=stored.counts["updated"] + synced.updated,
        unchanged=stored.counts["unchanged"] + len(wanted) - synced.created - synced.updated,
        removed=synced.removed + len(gone),
    )
    return outcome, stored


def cut_at_shifts(
    stops: Iterable[Stoppage], shifts: list[PlannedShift], *, until_us: int
) -> list[Piece]:
    """The stops cut where shifts begin and end; one that goes on is cut up to `until_us` only."""
    starts = [us(shift.interval.start) for shift in shifts]
    ends = [us(shift.interval.end) for shift in shifts]
    borders = sorted({*starts, *ends})
    pieces = []
    for stop in stops:
        end_us = until_us if stop.end_us == FOREVER_US else stop.end_us
        first, last = bisect_right(borders, stop.start_us), bisect_left(borders, end_us)
        edges = [stop.start_us, *borders[first:last], stop.end_us]
        for start, end in itertools.pairwise(edges):
            index = bisect_right(starts, start) - 1
            inside = index >= 0 and start < ends[index]
            pieces.append(Piece(start, end, stop.reason, shifts[index] if inside else None))
    return pieces


def _reach(observed: Interval, shifts: list[PlannedShift]) -> Interval:
    """The observed time and the whole of the shifts that touch it."""
    starts = [shift.interval.start for shift in shifts]
    ends = [shift.interval.end for shift in shifts]
    return Interval(min([observed.start, *starts]), max([observed.end, *ends]))


def _outside(row: Stop, observed: Interval) -> Iterable[Stoppage]:
    """What an earlier import told of the time before and after."""
    from_file = row.reason if row.reason_user_id is None else None
    reason = row.cause or (from_file.code if from_file else "")
    if row.start < observed.start:
        end = min(row.end or observed.start, observed.start)
        yield Stoppage(us(row.start), us(end), reason)
    if row.start >= observed.end or (row.end and row.end > observed.end):
        end_us = us(row.end) if row.end else FOREVER_US
        yield Stoppage(us(max(row.start, observed.end)), end_us, reason)


def _known_whole(one: Observation, shifts: list[PlannedShift]) -> list[PlannedShift]:
    """The shifts within the observed time, and those of which an earlier import told the rest."""
    start, end = one.observed.start, one.observed.end
    partly = [s for s in shifts if s.interval.start < start or s.interval.end > end]
    told = set(
        ProductionRecord.objects.filter(
            machine=one.machine,
            source=IMPORTED,
            stops_imported=True,
            production_date__in=[shift.date for shift in partly],
        ).values_list("production_date", "shift")
    )
    left_out = {(s.date, s.name) for s in partly} - told
    return [shift for shift in shifts if (shift.date, shift.name) not in left_out]


def _overruled(rows: list[Stop], pieces: list[Piece], known: list[PlannedShift]) -> list[int]:
    """Derived stops that lie in shifts of which all is known now, or across an imported stop."""
    shifts = {(shift.date, shift.name) for shift in known}
    starts = [piece.start_us for piece in pieces]

    def is_overruled(row: Stop) -> bool:
        if (row.production_date, row.shift) in shifts:
            return True
        before = bisect_left(starts, us(row.end) if row.end else FOREVER_US) - 1
        return before >= 0 and pieces[before].end_us > us(row.start)

    return [row.pk for row in rows if not row.imported and is_overruled(row)]


def _wanted(
    one: Observation, rows: list[Stop], pieces: list[Piece]
) -> dict[datetime, dict[str, Any]]:
    """The columns of each stop by its start. A person's reason stays with the stop."""
    explained = [row for row in rows if row.reason_user_id is not None or row.note]
    wanted = {}
    for piece in pieces:
        reason = one.reasons.get(piece.reason.lower())
        kept = explanation_of(explained, piece)
        wanted[instant(piece.start_us)] = {
            "end": None if piece.end_us == FOREVER_US else instant(piece.end_us),
            "state": STATE,
            "cause": "" if reason else piece.reason,
            "imported": True,
            "production_date": piece.shift.date if piece.shift else None,
            "shift": piece.shift.name if piece.shift else "",
            **dict.fromkeys(REASON_FIELDS),
            "note": "",
            "reason_by": BY_FILE if reason else "",
            "reason_id": reason.pk if reason else None,
            **({name: getattr(kept, name) for name in REASON_FIELDS} if kept else {}),
        }
    return wanted


def _observed_shifts(
    machine: Machine,
    known: list[PlannedShift],
    pieces: list[Piece],
    wanted: Mapping[datetime, Mapping[str, Any]],
) -> list[ObservedShift]:
    by_start: dict[datetime, list[Piece]] = {}
    for piece in pieces:
        if piece.shift:
            by_start.setdefault(piece.shift.interval.start, []).append(piece)
    found = []
    for shift in known:
        inside = by_start.get(shift.interval.start, [])
        bare = [p for p in inside if not _is_explained(wanted[instant(p.start_us)])]
        spans = [(p.start_us, p.end_us) for p in bare]
        unassigned = unassigned_s(shift, spans, minor_stop_s=machine.minor_stop_s)
        found.append(ObservedShift(machine, shift, inside, unassigned))
    return found


def _is_explained(stop: Mapping[str, Any]) -> bool:
    return bool(stop["reason_id"] or stop["cause"])


# Machines of one plan share the shifts in which nothing stood, and those are most of them.
@lru_cache(maxsize=8192)
def _totals(
    shift: PlannedShift, pieces: tuple[Piece, ...], pri_s: float | None, minor_stop_s: float
) -> ShiftTotals:
    return shift_totals(
        shift=shift,
        spans=_spans(shift, pieces),
        produced=None,
        defective=None,
        rework=None,
        pri_s=pri_s,
        until=shift.interval.end,
        minor_stop_s=minor_stop_s,
    )


def _spans(shift: PlannedShift, pieces: Iterable[Piece]) -> list[StateSpan]:
    """The machine's states in a shift: it ran but for its stops."""
    at, end = us(shift.interval.start), us(shift.interval.end)
    spans = []
    for piece in pieces:
        if piece.start_us > at:
            spans.append(StateSpan(at, piece.start_us, RUNNING))
        at = min(piece.end_us, end)
        spans.append(StateSpan(piece.start_us, at, STATE, piece.reason))
    if at < end:
        spans.append(StateSpan(at, end, RUNNING))
    return spans
