"""What the predictions recommend, tied to each machine's own factors, stops and anomalies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, NullIf

from analytics.ml.recommend import MachineOutlook, Recommendation, recommendations
from analytics.models import Anomaly, Prediction
from production.models import Stop
from production.selectors.calendar import plant_timezone
from zoneinfo import ZoneInfo

MOST_REASONS = 5


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
            last_maintenance=None,
            open_anomalies=tuple(odd.get(row.machine_id, ())),
        )
        for row in rows
    ]
    return recommendations(outlooks)
