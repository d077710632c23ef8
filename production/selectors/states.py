"""What machines did: strips of states and lists of stops."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value

from amis.interval import Interval
from production.figures.strip import Stretch
from production.models import Machine, StateInterval, Stop
from production.shopfloor.packml import TIME_CLASSES, TimeClass, time_class
from production.shopfloor.shifts import PlannedShift

KINDS = {
    TimeClass.APT: "running",
    TimeClass.AUST: "changeover",
    TimeClass.ADET: "down",
    TimeClass.ADOT: "idle",
    TimeClass.NO_DATA: "no_data",
}
# Up to so many hours: a label every so many hours, written so.
TICKS = ((13, 2, "%H"), (48, 2, "%H:%M"), (float("inf"), 24, "%a %d"))


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


def silent_since(
    stretches: list[Stretch], heard: datetime | None, *, now: datetime
) -> list[Stretch]:
    """A strip of a machine that was last heard at `heard`: what it did since is not known."""
    if heard is None:
        return stretches
    cut = heard.timestamp()
    known = [Stretch(s.start, min(s.end, cut), s.kind) for s in stretches if s.start < cut]
    return [*known, Stretch(cut, now.timestamp(), "no_data")]


def minutes_by_kind(stretches: list[Stretch]) -> dict[str, float]:
    """Minutes of each kind, in the order in which the strip's words show them."""
    order = ("running", "slow", "down", "changeover", "planned", "idle", "no_data")
    sums = dict.fromkeys(order, 0.0)
    for one in stretches:
        sums[one.kind] += (one.end - one.start) / 60
    return {kind: minutes for kind, minutes in sums.items() if minutes >= 0.5}


def ticks_of(interval: Interval, *, timezone: str) -> list[tuple[float, str]]:
    """Round hours of plant time for an axis, both ends included; days where hours are too many."""
    hours = interval.duration_s / 3600
    step, form = next((step, form) for most, step, form in TICKS if hours <= most)
    zone = ZoneInfo(timezone)
    day = datetime.combine(interval.start.astimezone(zone), time(), tzinfo=zone)
    moments = []
    while day <= interval.end:
        moments += [(day + timedelta(hours=hour)).astimezone(UTC) for hour in range(0, 24, step)]
        day += timedelta(days=1)
    shown = [m for m in dict.fromkeys(moments) if interval.start <= m <= interval.end]
    return [(m.timestamp(), m.astimezone(zone).strftime(form)) for m in shown]


def stops_in(interval: Interval, *, machine: Machine | None = None) -> QuerySet[Stop]:
    """Stops that touch the interval, newest first, with machine and reason."""
    stops = Stop.objects.select_related("machine", "reason").filter(
        Q(end__isnull=True) | Q(end__gt=interval.start), start__lt=interval.end
    )
    return (stops.filter(machine=machine) if machine else stops).order_by("-start")


def without_minor(stops: QuerySet[Stop]) -> QuerySet[Stop]:
    """Leave out delays that ended before their machine's threshold."""
    shortest = ExpressionWrapper(
        F("machine__minor_stop_s") * Value(timedelta(seconds=1)), output_field=DurationField()
    )
    delays = [name for name, kind in TIME_CLASSES.items() if kind is TimeClass.ADET]
    return stops.exclude(state__in=delays, end__lt=F("start") + shortest)


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
