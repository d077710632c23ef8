"""A training that a person asked for: at once, as a job, on what is known at this hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from amis.errors import Conflict
from analytics.ml.instants import GRACE
from analytics.models import Run
from analytics.services.registry import one_at_a_time
from analytics.services.runs import TO_DO, Piece, plan_run
from production.models import Job
from production.services.jobs import create_job


@transaction.atomic
def ask_for_training(*, task: str, now: datetime, user: Any) -> Job:
    """The job of a training of the task. Raises Conflict while one is under way."""
    kind = f"train_{task}"
    one_at_a_time(kind)
    under_way = Run.objects.filter(kind=kind, state__in=TO_DO)
    # A cancelled one ends when a worker comes to it, and nobody has to wait for that.
    if under_way.exclude(job__state=Job.State.CANCELLED).exists():
        raise Conflict("This model is being trained already.")
    hour = (now - GRACE).replace(minute=0, second=0, microsecond=0)
    job = create_job(kind=kind, user_id=user.pk, user_label=str(user))
    plan_run(Piece(kind, hour, chunk=str(job.pk)), job=job)
    return job
