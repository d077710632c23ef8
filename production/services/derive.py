"""From samples to records: a function of an interval that may run any number of times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from amis.interval import Interval
from production.live import bump_data_version, store_shift
from production.models import DataIssue, Machine, ProductionRecord, StateInterval
from production.selectors.calendar import calendar_of
from production.selectors.tracks import StoredTrack, outages_of, tracks_of
from production.services.derived_rows import save_records, save_states, save_stops
from production.services.replanned import mend_seam
from production.services.segments import Segment, cut, segments_of
from production.shopfloor.counters import Increments, increments
from production.shopfloor.packml import STATES
from production.shopfloor.record import Pieces, ShiftTotals, instant, shift_totals, us
from production.shopfloor.shifts import PlannedShift, ShiftCalendar
from production.shopfloor.states import StateSpan, state_spans

COUNTERS = ("produced", "defective", "rework")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a counter's totals amount to, piece by piece."""

    track: StoredTrack
    steps: Increments

    def before(self, end_us: int) -> Pieces | None:
        """The pieces; None where the counter had not been heard by `end_us`: unknown, not zero."""
        times = self.track.times_us
        heard = self.track.before is not None or (len(times) and times[0] < end_us)
        return (times, self.steps.amounts) if heard else None


def derive_records(
    *, machine: Machine, interval: Interval, now: datetime | None = None
) -> list[ProductionRecord]:
    """Recompute states, stops and shift records of a machine for every shift that the interval
    touches.

    Nothing after `now` is derived. Submitted and imported records are left alone; the derived one
    beside them is kept, but does not count.
    """
    with transaction.atomic():
        # One derivation of a machine at a time, and each reads what was stored when its turn came:
        # a slower one must not write older figures over newer ones.
        Machine.objects.select_for_update(no_key=True).only("pk").get(pk=machine.pk)
        now = now or datetime.now(UTC)
        segments = _due(machine, calendar_of(machine), interval, now)
        if not segments:
            return []
        segments = mend_seam(machine, segments)
        whole = Interval(instant(segments[0].start_us), instant(segments[-1].end_us))
        tracks = tracks_of(machine, whole)
        spans = _spans(machine, tracks, whole)
        counted = {role: _counted(tracks[role]) for role in COUNTERS if role in tracks}
        totals = _totals(machine, segments, spans, counted, now)
        _save_counter_events(counted.values())
        save_states(machine, whole, cut(spans, segments), open_until_us=us(now))
        reasons = save_stops(machine, whole, totals, open_until_us=us(now))
        records = save_records(machine, whole, totals, reasons)
        _tell(machine, segments[-1], records, reasons.running_reason, now)
    return records


def _due(
    machine: Machine, calendar: ShiftCalendar | None, interval: Interval, now: datetime
) -> list[Segment]:
    """The segments of the interval, and those before it that still wait for their end.

    A shift that was derived while it ran is open until somebody looks at it after its end.
    """
    segments = segments_of(calendar, interval, now)
    if not segments:
        return []
    earlier = StateInterval.objects.filter(
        machine=machine, start__lt=instant(segments[0].start_us)
    ).order_by("-start")
    newest = earlier.values_list("start", "end").first()
    if newest is None or newest[1] is not None:
        return segments
    return segments_of(calendar, Interval(newest[0], interval.end), now)


def _spans(machine: Machine, tracks: dict[str, StoredTrack], whole: Interval) -> list[StateSpan]:
    """The machine's states; the time before its very first sample is left out."""
    track = tracks.get("state")
    if track is None or (track.before is None and not len(track.times_us)):
        return []
    heard_us = us(whole.start) if track.before is not None else int(track.times_us[0])
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
    return [
        StateSpan(max(span.start_us, heard_us), span.end_us, span.state, span.cause)
        for span in spans
        if span.end_us > heard_us
    ]


def _state_map(machine: Machine) -> dict[int, str]:
    """The vendor's codes; PackML's own numbers where the connection names none."""
    mapped = machine.connection.state_map if machine.connection else {}
    return {int(code): name for code, name in mapped.items()} if mapped else STATES


def _counted(track: StoredTrack) -> Counted:
    bits = track.signal.counter_bits
    return Counted(track, increments(track.values, previous=track.before, bits=bits))


def _totals(
    machine: Machine,
    segments: list[Segment],
    spans: list[StateSpan],
    counted: dict[str, Counted],
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
        pieces = {
            role: counted[role].before(segment.end_us) if role in counted else None
            for role in COUNTERS
        }
        totals = shift_totals(
            shift=segment.shift,
            spans=inside,
            **pieces,
            pri_s=machine.pri_s,
            until=now,
            minor_stop_s=machine.minor_stop_s,
        )
        if any(span.state for span in inside) or totals.pq:
            found.append((segment.shift, totals))
    return found


def _save_counter_events(counted: Iterable[Counted]) -> None:
    """A reset or rollover is a data issue, once."""
    issues = []
    for one in counted:
        for event in one.steps.events:
            at = instant(int(one.track.times_us[event.index]))
            issues.append(
                DataIssue(
                    signal=one.track.signal,
                    kind=event.kind,
                    started_at=at,
                    ended_at=at,
                    sample_count=1,
                    detail=f"{event.before:.0f} → {event.after:.0f}",
                )
            )
    DataIssue.objects.bulk_create(issues, ignore_conflicts=True)


def _tell(
    machine: Machine,
    newest: Segment,
    records: list[ProductionRecord],
    running_reason: str,
    now: datetime,
) -> None:
    """After the commit: caches learn that figures changed, live pages what runs now, if anything.

    A derivation that does not reach up to `now` has nothing to say about what runs.
    """
    schema = connection.schema_name
    shift = newest.shift if newest.shift and now in newest.shift.interval else None
    record = next((r for r in records if shift and r.shift_start == shift.interval.start), None)
    card = shift_card(shift, record) if shift else None

    def after_commit() -> None:
        bump_data_version(schema)
        if newest.end_us >= us(now):
            store_shift(schema, machine.machine_id, card, running_reason if shift else "")

    transaction.on_commit(after_commit)


def shift_card(shift: PlannedShift, record: ProductionRecord | None) -> dict[str, object]:
    """The running shift as the live element shows it; without a record nothing is known of it."""
    adet_s = record.adet_s if record else None
    return {
        "name": shift.name,
        "date": shift.date.isoformat(),
        "units_produced": record.units_produced if record else None,
        "defective_units": record.defective_units if record else None,
        "downtime_min": None if adet_s is None else adet_s / 60,
        "oee": record.oee if record else None,
    }
