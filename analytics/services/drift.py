"""Drift: a model whose errors have grown past what it promised is trained anew before its week."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Avg, Count, F
from django.db.models.functions import Abs

from analytics.models import ModelVersion, Prediction
from analytics.services.registry import champion

LOOKED_AT = timedelta(days=7)
LEAST_GRADED = 42
GROWN = 1.5
"""Times the error that the version showed when it was trained."""


def has_drifted(now: datetime) -> bool:
    """Whether the serving version's last week was half as bad again as it promised, and worse than
    the naive rule beside it.
    """
    version = champion(ModelVersion.Task.DOWNTIME)
    promised = version.metrics.get("ours", {}).get("error") if version else None
    if not promised:
        return False
    graded = Prediction.objects.filter(
        version=version,
        is_shadow=False,
        machine__isnull=False,
        graded_at__isnull=False,
        as_of=F("shift_start"),
        shift_start__gte=now - LOOKED_AT,
    )
    found = graded.aggregate(
        n=Count("pk"),
        ours=Avg(Abs(F("median_min") - F("actual_min"))),
        naive=Avg(Abs(F("naive_min") - F("actual_min"))),
    )
    if found["n"] < LEAST_GRADED:
        return False
    return bool(found["ours"] > GROWN * promised and found["ours"] > found["naive"])
