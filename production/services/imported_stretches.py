"""Where a file told what a machine did, so that derivation has nothing to say about its stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from amis.interval import Interval
from production.models import Machine, ProductionRecord
from production.selectors.states import stops_in
from production.shopfloor.record import us
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.stops import StopSpan

FOREVER_US = 2**63 - 1
"""The end of a stop that goes on."""


@dataclass(frozen=True, slots=True)
class ImportedStretches:
    """Shifts of which every stop is imported, and the imported stops themselves.

    One that goes on covers no more than the shift in which it began: samples know better.
    """

    shifts: frozenset[tuple[date | None, str]]
    stops: tuple[tuple[int, int], ...]

    def covers(self, shift: PlannedShift, stop: StopSpan) -> bool:
        if (shift.date, shift.name) in self.shifts:
            return True
        return any(start < stop.end_us and stop.start_us < end for start, end in self.stops)


def imported_stretches(machine: Machine, whole: Interval) -> ImportedStretches:
    day = timedelta(days=1)
    shifts = ProductionRecord.objects.filter(
        machine=machine,
        stops_imported=True,
        production_date__gte=(whole.start - day).date(),
        production_date__lte=(whole.end + day).date(),
    ).values_list("production_date", "shift")
    stops = list(stops_in(whole, machine=machine).filter(imported=True))
    open_in = {(stop.production_date, stop.shift) for stop in stops if stop.end is None}
    return ImportedStretches(
        frozenset(shifts) | open_in,
        tuple((us(stop.start), us(stop.end)) for stop in stops if stop.end),
    )
