"""Saving what was derived by difference: rows that did not change are not touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone

from amis.interval import Interval
from production.models import Machine, ProductionRecord, StateInterval, Stop
from production.services.imported_stretches import imported_stretches
from production.services.record_events import tell_records
from production.services.row_difference import BATCH, put_values, sync_rows
from production.shopfloor.packml import TimeClass
from production.shopfloor.record import ShiftTotals, instant, us
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.states import StateSpan
from production.shopfloor.stops import StopSpan, is_minor

Totals = list[tuple[PlannedShift, ShiftTotals]]
REASON_FIELDS = ("reason_id", "note", "reason_user_id", "reason_by", "reason_at")
RECORD_KEY = ("machine", "production_date", "shift", "source")
RECORD_VALUES = [
    column.name
    for column in ProductionRecord._meta.concrete_fields
    if column.name not in ("id", *RECORD_KEY)
]


class Spanning(Protocol):
    """A stretch of time, in microseconds since the epoch."""

    @property
    def start_us(self) -> int: ...

    @property
    def end_us(self) -> int: ...


@dataclass(slots=True)
class Reasons:
    """What people said about the stops: unexplained seconds a shift, and the running stop's
    reason.
    """

    unassigned_s: dict[datetime, float] = field(default_factory=dict)
    running_reason: str = ""


def save_states(
    machine: Machine, whole: Interval, spans: list[StateSpan], *, open_until_us: int
) -> None:
    """The machine's state intervals within `whole` become these spans."""
    wanted = {
        instant(span.start_us): {
            "end": None if span.end_us >= open_until_us else instant(span.end_us),
            "state": span.state or "",
            "cause": span.cause,
        }
        for span in spans
    }
    existing = StateInterval.objects.filter(
        machine=machine, start__gte=whole.start, start__lt=whole.end
    )
    sync_rows(StateInterval, machine, {row.start: row for row in existing}, wanted)


def save_stops(machine: Machine, whole: Interval, totals: Totals, *, open_until_us: int) -> Reasons:
    """The machine's stops within `whole` become those of the shifts; a person's reason is kept.

    Imported stops stay, and none is derived where they tell what happened.
    """
    existing = {
        row.start: row
        for row in Stop.objects.select_related("reason").filter(
            machine=machine, imported=False, start__gte=whole.start, start__lt=whole.end
        )
    }
    told = imported_stretches(machine, whole)
    explained = [row for row in existing.values() if row.reason_id or row.note]
    wanted: dict[datetime, dict[str, Any]] = {}
    reasons = Reasons()
    for shift, total in totals:
        for stop in total.stops:
            if told.covers(shift, stop):
                continue
            row = _stop_row(shift, stop, open_until_us)
            kept = explanation_of(explained, stop)
            if kept is not None and kept.end is None:
                # It was still running: the stop that it became is this one, no later one.
                explained.remove(kept)
            row |= {name: getattr(kept, name) for name in REASON_FIELDS} if kept else {}
            wanted[instant(stop.start_us)] = row
            _note(reasons, shift, stop, kept, machine.minor_stop_s, is_open=row["end"] is None)
    sync_rows(Stop, machine, existing, wanted)
    return reasons


def save_records(
    machine: Machine, whole: Interval, totals: Totals, reasons: Reasons
) -> list[ProductionRecord]:
    """One derived record a shift; it counts unless somebody submitted or imported another.

    A derived record of a shift within `whole` that is not among the totals goes: the plan or the
    data changed, and nothing speaks for it any more.
    """
    day = timedelta(days=1)
    derived, others = {}, set()
    for record in ProductionRecord.objects.filter(
        machine=machine,
        production_date__gte=(whole.start - day).date(),
        production_date__lte=(whole.end + day).date(),
    ):
        key = (record.production_date, record.shift)
        if record.source == ProductionRecord.Source.DERIVED:
            derived[key] = record
        else:
            others.add(key)
    changed, result = [], []
    for shift, total in totals:
        key = (shift.date, shift.name)
        values = record_values(machine, shift, total)
        values |= {
            "effective": key not in others,
            "unassigned_s": reasons.unassigned_s.get(shift.interval.start, 0.0),
        }
        known = derived.pop(key, None)
        record = known or ProductionRecord(
            machine=machine,
            production_date=shift.date,
            shift=shift.name,
            source=ProductionRecord.Source.DERIVED,
        )
        if put_values(record, values) or known is None:
            changed.append(record)
        result.append(record)
    gone = [record.pk for record in derived.values() if record.shift_start in whole]
    ProductionRecord.objects.filter(pk__in=gone).delete()
    upsert_records(changed)
    # What the running shift has come to is part of its machine's own events.
    tell_records(record for record in changed if record.shift_end <= timezone.now())
    return result


def upsert_records(records: list[ProductionRecord]) -> None:
    """Insert or overwrite by the natural key: one statement, where `bulk_update` writes a CASE for
    every row and column.
    """
    ProductionRecord.objects.bulk_create(
        records,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=RECORD_KEY,
        update_fields=RECORD_VALUES,
    )


def record_values(machine: Machine, shift: PlannedShift, total: ShiftTotals) -> dict[str, Any]:
    """A record's columns from the maths."""
    return {
        "simulated": bool(machine.connection and machine.connection.simulated),
        "shift_start": shift.interval.start,
        "shift_end": shift.interval.end,
        "pri_s": total.pri_s,
        "units_produced": total.pq,
        "good_units": total.gq,
        "defective_units": total.sq,
        "rework_units": total.rq,
        "pot_s": total.pot_s,
        "planned_down_s": total.planned_down_s,
        "pbt_s": total.pbt_s,
        "apt_s": total.apt_s,
        "aust_s": total.aust_s,
        "adet_s": total.adet_s,
        "adot_s": total.adot_s,
        "no_data_s": total.no_data_s,
        "failures": total.failures,
        "repair_s": total.repair_s,
        "ideal_produced_s": total.ideal_produced_s,
        "ideal_good_s": total.ideal_good_s,
        "oee": total.oee,
    }


def explanation_of(explained: list[Stop], stop: Spanning) -> Stop | None:
    """The stored stop with a reason that this one is: the same start, else one that it overlaps."""
    overlapping = None
    for row in explained:
        start_us = us(row.start)
        if start_us == stop.start_us:
            return row
        end_us = us(row.end) if row.end else stop.end_us
        if start_us < stop.end_us and stop.start_us < end_us:
            overlapping = overlapping or row
    return overlapping


def _stop_row(shift: PlannedShift, stop: StopSpan, open_until_us: int) -> dict[str, Any]:
    return {
        "end": None if stop.end_us >= open_until_us else instant(stop.end_us),
        "state": stop.state,
        "cause": stop.cause,
        "production_date": shift.date,
        "shift": shift.name,
    }


def _note(
    reasons: Reasons,
    shift: PlannedShift,
    stop: StopSpan,
    kept: Stop | None,
    minor_stop_s: float,
    *,
    is_open: bool,
) -> None:
    reason = kept.reason.name if kept and kept.reason else stop.cause
    if is_open:
        reasons.running_reason = reason
    explained = bool(reason) or is_minor(stop, minor_stop_s)
    if stop.time_class is TimeClass.ADET and not explained:
        start = shift.interval.start
        reasons.unassigned_s[start] = reasons.unassigned_s.get(start, 0.0) + stop.duration_s
