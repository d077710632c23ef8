"""Which long work runs, or ran last."""

from __future__ import annotations

from datetime import datetime, timedelta

from production.models import Job

ENDED_IS_TOLD = timedelta(hours=1)
"""For so long a page still says how a job ended."""


def newest_job(prefix: str, *, now: datetime) -> Job | None:
    """The newest job whose kind begins so, while there is something to tell of it."""
    job = Job.objects.filter(kind__startswith=prefix).order_by("-created_at").first()
    if job is None or (job.finished_at and now - job.finished_at > ENDED_IS_TOLD):
        return None
    return job
