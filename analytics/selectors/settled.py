"""Whether the predictions that a text would speak of are there, or will not come soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from analytics.models import Forecast, Run
from analytics.selectors.said import said_last

PATIENCE = timedelta(minutes=3)
"""A plant's first training is waited for so long; what is not there then is named as missing."""
FIRST_WORK = ("train_downtime", "train_forecast", "train_lstm", "score", "forecast")


def predictions_are_there(now: datetime) -> bool:
    """Whether a risk of the next shift and a forecast are stored."""
    return said_last(now) is not None and Forecast.objects.exists()


def predictions_are_settled(now: datetime) -> bool:
    """True where risk and forecasts are stored, where the work on them has ended without (too
    little data), or where it takes longer than a reader should wait.
    """
    if predictions_are_there(now):
        return True
    begun = Run.objects.filter(kind__in=FIRST_WORK).order_by("created_at").first()
    if begun is None:
        return False
    under_way = Run.objects.filter(
        Q(state=Run.State.WAITING) | Q(state=Run.State.RUNNING), kind__in=FIRST_WORK
    )
    return now - begun.created_at > PATIENCE or not under_way.exists()
