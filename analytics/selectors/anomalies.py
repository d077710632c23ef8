"""`/anomalies/`: events of a window, and the scores that they stand out from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from amis.interval import Interval
from analytics.models import Anomaly, ModelVersion, OddHour
from analytics.selectors.missing import why_no_anomalies
from analytics.selectors.outlook_shapes import (
    AnomalyEvent,
    AnomalyList,
    Insufficient,
    ScoredPoint,
    Timeline,
)
from analytics.selectors.preferences import preferences

MOST = 200
MOST_POINTS = 400


def anomaly_list(
    *, days: int, machine_id: str | None, status: str | None, now: datetime
) -> AnomalyList | Insufficient:
    """The anomalies of a window, newest first."""
    version = _detector()
    if version is None and not Anomaly.objects.exists():
        return why_no_anomalies(now)
    thresholds = version.evidence.get("thresholds", {}) if version else {}
    start = now - timedelta(days=days)
    events = Anomaly.objects.select_related("machine").filter(end__gt=start, start__lte=now)
    if machine_id is not None:
        events = events.filter(machine__machine_id=machine_id)
    open_count = events.filter(status=Anomaly.Status.OPEN).count()
    if status is not None:
        events = events.filter(status=status)
    found = list(events[:MOST])
    return AnomalyList(
        start=start,
        end=now,
        events=[event_of(row) for row in found],
        timelines=_timelines(start, now, machine_id, thresholds),
        budget_per_week=preferences().alarms_a_week,
        open_count=open_count,
        left_out=max(0, events.count() - MOST) if len(found) == MOST else 0,
    )


def open_anomalies(
    interval: Interval, *, most: int, now: datetime
) -> tuple[int, list[AnomalyEvent]] | Insufficient:
    """How many events of an interval nobody has judged, and the oddest of them."""
    if _detector() is None and not Anomaly.objects.exists():
        return why_no_anomalies(now)
    rows = Anomaly.objects.select_related("machine").filter(
        status=Anomaly.Status.OPEN, end__gt=interval.start, start__lt=interval.end
    )
    return rows.count(), [event_of(row) for row in rows.order_by("-score", "-start", "pk")[:most]]


def _detector() -> ModelVersion | None:
    """The version that looks for anomalies."""
    versions = ModelVersion.objects.filter(task=ModelVersion.Task.ANOMALY, status="champion")
    return versions.first()


def event_of(row: Anomaly) -> AnomalyEvent:
    return AnomalyEvent(
        pk=row.pk,
        machine_id=row.machine.machine_id,
        machine_name=row.machine.machine_name,
        start=row.start,
        end=row.end,
        score=row.score,
        sentence=row.sentence,
        expected=row.expected,
        status=row.status,
        judged_by=row.decided_by,
        judged_at=row.decided_at,
    )


def _timelines(
    start: datetime, end: datetime, machine_id: str | None, thresholds: Mapping[str, float]
) -> list[Timeline]:
    """Each machine's oddest moment of every hour; of a long window every so many hours' oddest."""
    rows = OddHour.objects.select_related("machine").filter(hour__gte=start, hour__lt=end)
    if machine_id is not None:
        rows = rows.filter(machine__machine_id=machine_id)
    by_machine: dict[tuple[str, str], list[ScoredPoint]] = {}
    for row in rows.order_by("machine__machine_id", "hour"):
        key = (row.machine.machine_id, row.machine.machine_name)
        by_machine.setdefault(key, []).append(ScoredPoint(row.hour, row.score, row.is_anomaly))
    return [
        Timeline(
            machine_id=key[0],
            machine_name=key[1],
            points=_thinned(points),
            threshold=thresholds.get(key[0]),
        )
        for key, points in by_machine.items()
    ]


def _thinned(points: list[ScoredPoint]) -> list[ScoredPoint]:
    """At most MOST_POINTS, each the oddest of its stretch."""
    size = -(-len(points) // MOST_POINTS)
    stretches = [points[n : n + size] for n in range(0, len(points), max(size, 1))]
    return [
        max(stretch, key=lambda point: (point.is_anomaly, point.score)) for stretch in stretches
    ]
