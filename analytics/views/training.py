"""What every page of prediction has beside its figures: the training that runs, or what is missing
before there is anything to show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from analytics.selectors.outlook_shapes import Insufficient
from production.selectors.jobs import newest_job
from tenants.permissions import Action, may

TRAINING = "train"
"""Kinds of jobs that train begin so."""


def training(request: HttpRequest, task: str, *, now: datetime) -> dict[str, Any]:
    """`task` is what the page's button trains: downtime, forecast or anomaly."""
    return {
        "job": newest_job(TRAINING, now=now),
        "may_train": may(request.place.role, Action.RUN_JOBS),
        "train_task": task,
    }


def lacking(answer: Insufficient) -> dict[str, Any]:
    """The sentences as they are, and when there will be enough."""
    return {"missing": answer.missing, "ready_at": answer.ready_at}
