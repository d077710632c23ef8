"""A shift plan that changed while a shift ran: no second of the machine counts in two records."""

from __future__ import annotations

from dataclasses import replace

from amis.interval import Interval
from production.models import Machine, ProductionRecord
from production.services.segments import Segment
from production.shopfloor.record import us
from production.shopfloor.shifts import PlannedShift


def mend_seam(machine: Machine, segments: list[Segment]) -> list[Segment]:
    """The segments, the last of which may begin inside a shift of the plan before.

    What that shift had run till then stays its own: one that had ended keeps all of it, and the new
    one begins after it; one that had not ends where the new one begins.
    """
    *earlier, newest = segments
    old = _astride(machine, newest)
    if old is None or newest.shift is None:
        return segments
    if us(old.shift_end) < newest.end_us:
        return [*earlier, _after(newest, newest.shift, old)]
    rest = Interval(old.shift_start, newest.shift.interval.start)
    kept = [segment for segment in earlier if segment.end_us <= us(rest.start)]
    shift = PlannedShift(old.production_date, old.shift, rest)
    return [*kept, Segment(us(rest.start), us(rest.end), shift), newest]


def _astride(machine: Machine, segment: Segment) -> ProductionRecord | None:
    """The derived record of another shift that began before this one and ends in it or later."""
    if segment.shift is None:
        return None
    start = segment.shift.interval.start
    return (
        ProductionRecord.objects.filter(
            machine=machine,
            source=ProductionRecord.Source.DERIVED,
            shift_start__lt=start,
            shift_end__gt=start,
        )
        .exclude(production_date=segment.shift.date, shift=segment.shift.name)
        .order_by("-shift_start")
        .first()
    )


def _after(segment: Segment, shift: PlannedShift, old: ProductionRecord) -> Segment:
    interval = Interval(old.shift_end, shift.interval.end)
    breaks = tuple(part for one in shift.breaks if (part := one.intersection(interval)))
    return Segment(
        us(old.shift_end), segment.end_us, replace(shift, interval=interval, breaks=breaks)
    )
