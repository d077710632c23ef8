"""Why machines stood in a window: how often and for how long, by machine and reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from production.models import Machine, Stop
from production.selectors.complete_day import end_of_day
from production.shopfloor.packml import TIME_CLASSES, TimeClass
from production.shopfloor.window import Window

NO_REASON, MINOR, CHANGEOVER = "No reason given", "Minor stops", "Changeover"
FLOW = {"starved": "Starved upstream", "blocked": "Blocked downstream"}
SET_UPS = [name for name, kind in TIME_CLASSES.items() if kind is TimeClass.AUST]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReasonTotal:
    """Stops of a machine for one reason. `is_set_up`: a changeover, which is no downtime."""

    machine_id: str
    why: str
    is_set_up: bool
    times: int
    minutes: float


def stops_of(window: Window, machines: Sequence[Machine]) -> QuerySet[Stop]:
    """The stops that belong to a window as records do: by plant day, or by their start.

    A stop outside every shift has no plant day and belongs where it begins.
    """
    span = window.interval
    begins = Q(start__gte=span.start, start__lt=span.end)
    if window.dates is not None:
        first, last = window.dates
        on_day = Q(production_date__gte=first, production_date__lt=last)
        begins = on_day | (begins & Q(production_date__isnull=True))
    return Stop.objects.filter(begins, machine__in=[one.pk for one in machines])


def counted_until(window: Window, *, now: datetime) -> datetime:
    """Until when a stop of the window that goes on counts: now, but not beyond the last shift of
    its days, so that what is told of days that are over does not grow.
    """
    end = window.interval.end
    if window.dates is not None and end < now:
        end = end_of_day(window.dates[1] - timedelta(days=1))
    return min(end, now)


def explained(stops: QuerySet[Stop], *, until: datetime) -> QuerySet[Stop]:
    """With `why` in words, `is_set_up`, and `spent` (until `until` where a stop goes on)."""
    threshold = ExpressionWrapper(
        F("machine__minor_stop_s") * Value(timedelta(seconds=1)), output_field=DurationField()
    )
    spent = Coalesce(F("end"), Greatest(Value(until), F("start"))) - F("start")
    return stops.annotate(
        is_set_up=Case(When(state__in=SET_UPS, then=Value(value=True)), default=Value(value=False)),
        spent=ExpressionWrapper(spent, output_field=DurationField()),
        why=Case(
            When(reason__isnull=False, then=F("reason__name")),
            *(When(cause=cause, then=Value(word)) for cause, word in FLOW.items()),
            When(~Q(cause=""), then=F("cause")),
            When(is_set_up=True, then=Value(CHANGEOVER)),
            When(spent__lt=threshold, then=Value(MINOR)),
            default=Value(NO_REASON),
        ),
    )


def reason_totals(
    window: Window, machines: Sequence[Machine], *, until: datetime
) -> list[ReasonTotal]:
    """By machine and reason, the longest first."""
    rows = (
        explained(stops_of(window, machines), until=until)
        .order_by()
        .values("machine__machine_id", "why", "is_set_up")
        .annotate(times=Count("pk"), total=Sum("spent"))
        .order_by("-total", "machine__machine_id", "why")
    )
    return [
        ReasonTotal(
            machine_id=row["machine__machine_id"],
            why=row["why"],
            is_set_up=row["is_set_up"],
            times=row["times"],
            minutes=row["total"] / MINUTE,
        )
        for row in rows
    ]


def longest_stop(window: Window, machines: Sequence[Machine], *, until: datetime) -> Stop | None:
    """The delay that took longest, with `why` and `spent`."""
    stops = explained(stops_of(window, machines), until=until).select_related("machine")
    return stops.filter(is_set_up=False).order_by("-spent", "start").first()
