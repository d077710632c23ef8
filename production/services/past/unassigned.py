"""Minutes of imported stops that nobody has explained."""

from __future__ import annotations

from collections.abc import Iterable

from production.models import ProductionRecord, Stop
from production.selectors.calendar import calendar_of
from production.shopfloor.record import instant, us
from production.shopfloor.shifts import PlannedShift


def unassigned_s(
    shift: PlannedShift, spans: Iterable[tuple[int, int]], *, minor_stop_s: float
) -> float:
    """Planned busy seconds in these stops of one shift, the minor ones left out. The spans are the
    stops without a reason, in microseconds since the epoch.
    """
    found = 0.0
    for start_us, end_us in spans:
        start, end = instant(start_us), instant(min(end_us, us(shift.interval.end)))
        if (end_us - start_us) / 1e6 >= minor_stop_s:
            found += shift.busy_s(end) - shift.busy_s(start)
    return found


def recount_unassigned(stop: Stop) -> None:
    """After a person explained an imported stop: the record of its shift."""
    if stop.production_date is None:
        return
    machine, same = stop.machine, {"production_date": stop.production_date, "shift": stop.shift}
    calendar = calendar_of(machine)
    planned = calendar.on(stop.production_date) if calendar else ()
    shift = next((one for one in planned if one.name == stop.shift), None)
    if shift is None:
        return
    bare = machine.stops.filter(**same, reason__isnull=True, cause="").values_list("start", "end")
    spans = [(us(start), us(end or shift.interval.end)) for start, end in bare]
    ProductionRecord.objects.filter(machine=machine, stops_imported=True, **same).update(
        unassigned_s=unassigned_s(shift, spans, minor_stop_s=machine.minor_stop_s)
    )
