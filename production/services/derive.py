"""From samples to records: a function of an interval that may run any number of times."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import connection, transaction

from amis.interval import Interval
from production.live import bump_data_version, store_shift
from production.models import DataIssue, Machine, ProductionRecord
from production.selectors.calendar import calendar_of
from production.selectors.tracks import StoredTrack, outages_of, tracks_of
from production.services.derived_rows import save_records, save_states, save_stops
from production.shopfloor.counters import increments
from production.shopfloor.packml import STATES
from production.shopfloor.record import Pieces, ShiftTotals, instant, shift_totals, us
from production.shopfloor.shifts import PlannedShift, ShiftCalendar
from production.shopfloor.states import StateSpan, state_spans

COUNTERS = ("produced", "defective", "rework")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two borders: a planned shift, or time outside every shift."""

    start_us: int
    end_us: int
    shift: PlannedShift | None


def derive_records(
    *, machine: Machine, interval: Interval, now: datetime | None = None
) -> list[ProductionRecord]:
    """Recompute states, stops and shift records of a machine for every shift that the interval
    touches.

    Nothing after `now` is derived. Submitted and imported records are left alone; the derived one
    beside them is kept, but does not count.
    """
    now = now or datetime.now(UTC)
    calendar = calendar_of(machine)
    segments = _segments(calendar, interval, now)
    if not segments:
        return []
    whole = Interval(instant(segments[0].start_us), instant(segments[-1].end_us))
    tracks = tracks_of(machine, whole)
    spans = _spans(machine, tracks, whole)
    pieces = {role: _pieces(tracks.get(role)) for role in COUNTERS}
    totals = _totals(machine, segments, spans, pieces, now)
    with transaction.atomic():
        # One derivation of a machine at a time: two workers would write the same rows.
        Machine.objects.select_for_update().only("pk").get(pk=machine.pk)
        _save_counter_events(tracks)
        save_states(machine, whole, _cut(spans, segments), open_until_us=us(now))
        reasons = save_stops(machine, whole, totals, open_until_us=us(now))
        records = save_records(machine, totals, reasons)
    _tell(machine, records, reasons.running_reason, now)
    return records


def _segments(calendar: ShiftCalendar | None, interval: Interval, now: datetime) -> list[Segment]:
    """The shifts that the interval touches and the time between them, cut at UTC midnights."""
    end = min(interval.end, now)
    if end <= interval.start:
        return []
    reach = Interval(interval.start - timedelta(days=2), end + timedelta(days=2))
    shifts = calendar.overlapping(reach) if calendar else []
    borders = {us(shift.interval.start) for shift in shifts}
    borders |= {us(shift.interval.end) for shift in shifts}
    inside = [(us(s.interval.start), us(s.interval.end)) for s in shifts]
    midnight = reach.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight <= reach.end:
        if not any(first < us(midnight) < last for first, last in inside):
            borders.add(us(midnight))
        midnight += timedelta(days=1)
    ordered = sorted(borders)
    first = bisect_right(ordered, us(interval.start)) - 1
    last = bisect_left(ordered, us(end))
    by_start = {us(shift.interval.start): shift for shift in shifts}
    return [
        Segment(start, min(stop, us(now)), by_start.get(start))
        for start, stop in zip(ordered[first:last], ordered[first + 1 : last + 1], strict=True)
        if start < us(now)
    ]


def _spans(machine: Machine, tracks: dict[str, StoredTrack], whole: Interval) -> list[StateSpan]:
    """The machine's states; the time before its very first sample is left out."""
    track = tracks.get("state")
    if track is None:
        return []
    spans = state_spans(
        track=(track.times_us, track.values),
        state_map=_state_map(machine),
        start_us=us(whole.start),
        end_us=us(whole.end),
        before=track.before,
        outages=outages_of(machine, whole),
        blocked=tracks["blocked"].whole if "blocked" in tracks else None,
        starved=tracks["starved"].whole if "starved" in tracks else None,
    )
    known = next(
        (i for i, span in enumerate(spans) if span.state or span.cause == "unmapped"), None
    )
    return [] if known is None else spans[known:]


def _state_map(machine: Machine) -> dict[int, str]:
    """The vendor's codes; PackML's own numbers where the connection names none."""
    mapped = machine.connection.state_map if machine.connection else {}
    return {int(code): name for code, name in mapped.items()} if mapped else STATES


def _pieces(track: StoredTrack | None) -> Pieces | None:
    if track is None:
        return None
    steps = increments(track.values, previous=track.before, bits=track.signal.counter_bits)
    return track.times_us, steps.amounts


def _totals(
    machine: Machine,
    segments: list[Segment],
    spans: list[StateSpan],
    pieces: dict[str, Pieces | None],
    now: datetime,
) -> list[tuple[PlannedShift, ShiftTotals]]:
    """What each planned shift amounts to; shifts in which nothing was heard have no record."""
    starts = [span.start_us for span in spans]
    found = []
    for segment in segments:
        if segment.shift is None:
            continue
        first = max(bisect_right(starts, segment.start_us) - 1, 0)
        inside = spans[first : bisect_left(starts, segment.end_us)]
        inside = _from(inside, segment.start_us)
        totals = shift_totals(
            shift=segment.shift,
            spans=inside,
            produced=pieces["produced"],
            defective=pieces["defective"],
            rework=pieces["rework"],
            pri_s=machine.pri_s,
            until=now,
            minor_stop_s=machine.minor_stop_s,
        )
        if any(span.state for span in inside) or totals.pq:
            found.append((segment.shift, totals))
    return found


def _from(spans: list[StateSpan], start_us: int) -> list[StateSpan]:
    """Spans that cover from `start_us` on; what they do not cover is no data."""
    if not spans or spans[0].start_us <= start_us:
        return spans
    return [StateSpan(start_us, spans[0].start_us, None), *spans]


def _cut(spans: list[StateSpan], segments: list[Segment]) -> list[StateSpan]:
    """The spans cut at the segments' borders."""
    borders = [segment.start_us for segment in segments[1:]]
    pieces = []
    for span in spans:
        inside = borders[bisect_right(borders, span.start_us) : bisect_left(borders, span.end_us)]
        edges = [span.start_us, *inside, span.end_us]
        pieces += [
            StateSpan(start, end, span.state, span.cause)
            for start, end in itertools.pairwise(edges)
        ]
    return pieces


def _save_counter_events(tracks: dict[str, StoredTrack]) -> None:
    """A reset or rollover is a data issue, once."""
    issues = []
    for role in COUNTERS:
        track = tracks.get(role)
        if track is None or not np.any(np.diff(track.whole[1]) < 0):
            continue
        steps = increments(track.values, previous=track.before, bits=track.signal.counter_bits)
        for event in steps.events:
            at = instant(int(track.times_us[event.index]))
            issues.append(
                DataIssue(
                    signal=track.signal,
                    kind=event.kind,
                    started_at=at,
                    ended_at=at,
                    sample_count=1,
                    detail=f"{event.before:.0f} → {event.after:.0f}",
                )
            )
    DataIssue.objects.bulk_create(issues, ignore_conflicts=True)


def _tell(
    machine: Machine, records: list[ProductionRecord], running_reason: str, now: datetime
) -> None:
    """After the commit: caches learn that figures changed, live pages get the running shift's."""
    schema = connection.schema_name
    running = [r for r in records if r.shift_start <= now < r.shift_end]

    def after_commit() -> None:
        bump_data_version(schema)
        if running:
            store_shift(schema, machine.machine_id, shift_card(running[-1]), running_reason)

    transaction.on_commit(after_commit)


def shift_card(record: ProductionRecord) -> dict[str, object]:
    """The running shift as the live element shows it."""
    return {
        "name": record.shift,
        "date": record.production_date.isoformat(),
        "units_produced": record.units_produced,
        "defective_units": record.defective_units,
        "downtime_min": None if record.adet_s is None else record.adet_s / 60,
        "oee": record.oee,
    }
