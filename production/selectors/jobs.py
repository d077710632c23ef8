"""Which long work runs, or ran last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from production.models import Job

ENDED_IS_TOLD = timedelta(hours=1)
"""For so long a page still says how a job ended."""


def newest_job(kinds: Sequence[str], *, now: datetime) -> Job | None:
    """The newest job of these kinds, while there is something to tell of it."""
    job = Job.objects.filter(kind__in=kinds).order_by("-created_at").first()
    if job is None or (job.finished_at and now - job.finished_at > ENDED_IS_TOLD):
        return None
    return job
