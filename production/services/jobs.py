"""The life of a Job: queued, running with progress, and one of done, failed or cancelled."""

from __future__ import annotations

import uuid

from django.db import connection, transaction
from django.utils import timezone

from amis.errors import Conflict, NotFound
from production.models import Job
from tenants.live import publish

ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


class Cancelled(Exception):
    """Somebody asked the job to end; the work unwinds and writes nothing more."""


def create_job(*, kind: str, user_id: int | None = None, user_label: str = "") -> Job:
    return Job.objects.create(kind=kind, user_id=user_id, user_label=user_label)


def report_progress(*, job: Job, percent: float, step: str, eta_s: float | None = None) -> None:
    """Store how far a job is. Raises Cancelled when somebody asked for its end."""
    job.refresh_from_db(fields=["cancel_requested"])
    if job.cancel_requested:
        raise Cancelled
    job.state, job.percent, job.step, job.eta_s = Job.State.RUNNING, percent, step, eta_s
    job.save(update_fields=["state", "percent", "step", "eta_s"])
    _tell(job)


def finish_job(*, job: Job, state: Job.State, message: str = "", result_url: str = "") -> None:
    """The end of a job, whichever it is."""
    job.state, job.message, job.result_url = state, message, result_url
    job.finished_at, job.eta_s = timezone.now(), None
    if state == Job.State.DONE:
        job.percent = 100
    job.save()
    _tell(job)


def cancel_job(*, job_id: uuid.UUID) -> Job:
    """A queued job ends at once, a running one at its next step. Raises NotFound and Conflict."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None:
            raise NotFound("There is no job with this id.")
        if job.state in ENDED:
            raise Conflict(f"This job has ended already: {job.state}.")
        job.cancel_requested = True
        if job.state == Job.State.QUEUED:
            job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
        job.save()
    _tell(job)
    return job


def job_card(job: Job) -> dict[str, object]:
    """A job as API and live pages show it."""
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "state": job.state,
        "percent": job.percent,
        "step": job.step,
        "message": job.message,
        "eta_s": job.eta_s,
        "result_url": job.result_url or None,
    }


def _tell(job: Job) -> None:
    schema, card = connection.schema_name, job_card(job)
    transaction.on_commit(lambda: publish(schema, "job", card))
