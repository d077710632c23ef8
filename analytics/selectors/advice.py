"""What the predictions recommend, tied to each machine's own factors, stops and anomalies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from analytics.ml.recommend import MachineOutlook, Recommendation, recommendations
from analytics.models import Anomaly, Prediction
from analytics.selectors.shift_history import DELAYS
from production.models import Stop


def advice(rows: Sequence[Prediction], *, days: int, now: datetime) -> list[Recommendation]:
    """Of the machines' newest predictions, with what happened in the window."""
    ids = [row.machine_id for row in rows]
    since = now - timedelta(days=days)
    stops, odd = _stops(ids, since, now), _anomalies(ids, since)
    outlooks = [
        MachineOutlook(
            machine_id=row.machine.machine_id,
            machine_name=row.machine.machine_name,
            risk=row.risk,
            p_downtime_30=row.p_downtime_30,
            expected_min=row.expected_min,
            down_now=row.down_now,
            factors=tuple((key, label, minutes) for key, label, minutes in row.factors),
            stops=tuple(stops.get(row.machine_id, ())),
            open_anomalies=tuple(odd.get(row.machine_id, ())),
        )
        for row in rows
    ]
    shift = rows[0].shift if rows else ""
    return recommendations(outlooks, days=days, shift=shift)


def _stops(
    ids: Sequence[int | None], since: datetime, now: datetime
) -> dict[int, list[tuple[str, int, float]]]:
    """By machine: its commonest reasons with how often and how many minutes."""
    ended = Stop.objects.filter(machine__in=ids, start__gte=since, start__lt=now, state__in=DELAYS)
    rows = (
        ended.order_by()
        .annotate(why=Coalesce("reason__name", NullIf("cause", Value(""))))
        .values("machine_id", "why")
        .annotate(times=Count("pk"), spent=Sum(Coalesce("end", Value(now)) - F("start")))
        .order_by("machine_id", "-spent")
    )
    found: dict[int, list[tuple[str, int, float]]] = {}
    for row in rows:
        minutes = row["spent"].total_seconds() / 60
        mine = found.setdefault(row["machine_id"], [])
        mine.append((row["why"] or "no reason given", row["times"], minutes))
    return found


def _anomalies(ids: Sequence[int | None], since: datetime) -> dict[int, list[str]]:
    rows = Anomaly.objects.filter(
        machine__in=ids, end__gt=since, status=Anomaly.Status.OPEN
    ).values_list("machine_id", "sentence")
    found: dict[int, list[str]] = {}
    for pk, sentence in rows:
        found.setdefault(pk, []).append(sentence)
    return found
