"""What was odd in the data of a window: gaps of machines, and counters that were set back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from amis.interval import Interval
from production.models import DataIssue, Signal

RECORDED = (Signal.Role.STATE, Signal.Role.PRODUCED, Signal.Role.DEFECTIVE)
"""The signals that a shift's record is made of."""
LEAST_S = 60.0


def issues_in(interval: Interval, *, kind: str | None = None) -> QuerySet[DataIssue]:
    """Those that touch the interval, newest first."""
    open_or_later = Q(ended_at__isnull=True) | Q(ended_at__gt=interval.start)
    rows = DataIssue.objects.filter(open_or_later, started_at__lt=interval.end)
    # A moment, such as a reset, has no end and lies where it began.
    lasting = Q(kind=DataIssue.Kind.GAP) | Q(started_at__gte=interval.start)
    rows = rows.filter(lasting)
    return rows if kind is None else rows.filter(kind=kind)


def gaps_of(interval: Interval, *, now: datetime) -> list[tuple[int, Interval]]:
    """The stretches of a minute and more in which a machine's state or counters were not heard:
    its row id and the stretch, cut to the interval; the signals of a machine are one.
    """
    end = min(interval.end, now)
    rows = (
        issues_in(interval, kind=DataIssue.Kind.GAP)
        .filter(signal__role__in=RECORDED)
        .order_by("signal__machine_id", "started_at")
        .values_list("signal__machine_id", "started_at", "ended_at")
    )
    cut = ((pk, max(start, interval.start), min(stop or end, end)) for pk, start, stop in rows)
    return [one for one in _joined(cut) if one[1].duration_s >= LEAST_S]


def _joined(
    rows: Iterable[tuple[int, datetime, datetime]],
) -> list[tuple[int, Interval]]:
    """By machine and start; what overlaps is one."""
    found: list[tuple[int, Interval]] = []
    for pk, start, end in rows:
        if end <= start:
            continue
        last = found[-1] if found and found[-1][0] == pk else None
        if last is not None and start <= last[1].end:
            found[-1] = pk, Interval(last[1].start, max(last[1].end, end))
        else:
            found.append((pk, Interval(start, end)))
    return found


def counter_resets(interval: Interval) -> int:
    """How often a counter was set back."""
    return issues_in(interval, kind=DataIssue.Kind.COUNTER_RESET).count()
