"""What machines did: strips of states and lists of stops."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from amis.interval import Interval
from production.figures.strip import Stretch
from production.models import Machine, StateInterval, Stop
from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.shifts import PlannedShift

KINDS = {
    TimeClass.APT: "running",
    TimeClass.AUST: "changeover",
    TimeClass.ADET: "down",
    TimeClass.ADOT: "idle",
    TimeClass.NO_DATA: "no_data",
}


def stretches_of(
    machines: list[Machine],
    interval: Interval,
    *,
    now: datetime,
    shifts: dict[int, list[PlannedShift]],
) -> dict[int, list[Stretch]]:
    """Each machine's strip in an interval; breaks of its planned shifts lie over what it did."""
    rows = StateInterval.objects.filter(
        Q(end__isnull=True) | Q(end__gt=interval.start),
        machine__in=machines,
        start__lt=interval.end,
    ).order_by("machine_id", "start")
    found: dict[int, list[Stretch]] = {machine.pk: [] for machine in machines}
    until = min(now, interval.end)
    for pk, began, ended, state in rows.values_list("machine_id", "start", "end", "state"):
        start = max(began, interval.start).timestamp()
        end = min(ended or now, until).timestamp()
        if end > start:
            found[pk].append(Stretch(start, end, KINDS[time_class(state)]))
    for machine in machines:
        pauses = [pause for shift in shifts.get(machine.pk, []) for pause in shift.breaks]
        found[machine.pk] = _with_breaks(found[machine.pk], pauses)
    return found


def minutes_by_kind(stretches: list[Stretch]) -> dict[str, float]:
    """Minutes of each kind, in the order in which the strip's words show them."""
    order = ("running", "slow", "down", "changeover", "planned", "idle", "no_data")
    sums = dict.fromkeys(order, 0.0)
    for one in stretches:
        sums[one.kind] += (one.end - one.start) / 60
    return {kind: minutes for kind, minutes in sums.items() if minutes >= 0.5}


def ticks_of(interval: Interval, *, timezone: str, count: int = 4) -> list[tuple[float, str]]:
    """Evenly spaced labels in plant time, both ends included."""
    zone = ZoneInfo(timezone)
    step = (interval.end - interval.start) / count
    moments = [interval.start + n * step for n in range(count + 1)]
    form = "%H:%M" if interval.duration_s <= 2 * 86_400 else "%a %d"
    return [(m.timestamp(), m.astimezone(zone).strftime(form)) for m in moments]


def stops_in(interval: Interval, *, machine: Machine | None = None) -> QuerySet[Stop]:
    """Stops that touch the interval, newest first, with machine and reason."""
    stops = Stop.objects.select_related("machine", "reason").filter(
        Q(end__isnull=True) | Q(end__gt=interval.start), start__lt=interval.end
    )
    return (stops.filter(machine=machine) if machine else stops).order_by("-start")


def _with_breaks(stretches: list[Stretch], pauses: list[Interval]) -> list[Stretch]:
    for pause in pauses:
        first, last = pause.start.timestamp(), pause.end.timestamp()
        cut: list[Stretch] = []
        for one in stretches:
            start, end = max(one.start, first), min(one.end, last)
            if start >= end or one.kind == "no_data":
                cut.append(one)
                continue
            if one.start < start:
                cut.append(Stretch(one.start, start, one.kind))
            cut.append(Stretch(start, end, "planned"))
            if end < one.end:
                cut.append(Stretch(end, one.end, one.kind))
        stretches = cut
    return stretches
