"""A job tells how far it is, ends once, and can be asked to end."""

from __future__ import annotations

import uuid

import pytest
from django_tenants.utils import tenant_context

from amis.errors import Conflict, NotFound
from production.models import Job
from production.services.jobs import (
    Cancelled,
    cancel_job,
    create_job,
    finish_job,
    job_card,
    report_progress,
)
from tenants.live import sequence


@pytest.fixture
def job(db, chicago):
    with tenant_context(chicago):
        yield create_job(kind="report", user_id=7, user_label="alice")


def test_a_job_runs_from_queued_to_done(job):
    assert job_card(job) == {
        "id": str(job.pk),
        "kind": "report",
        "state": "queued",
        "percent": 0,
        "step": "",
        "message": "",
        "eta_s": None,
        "result_url": None,
    }
    report_progress(job=job, percent=40, step="drawing", eta_s=12)
    job.refresh_from_db()
    assert (job.state, job.percent, job.step, job.eta_s) == ("running", 40, "drawing", 12)
    finish_job(job=job, state=Job.State.DONE, result_url="/api/reports/1")
    job.refresh_from_db()
    assert (job.state, job.percent, job.eta_s) == ("done", 100, None)
    assert job_card(job)["result_url"] == "/api/reports/1"
    assert job.finished_at is not None


def test_a_failed_job_says_why_and_how_far_it_came(job):
    report_progress(job=job, percent=40, step="drawing")
    finish_job(job=job, state=Job.State.FAILED, message="No data in this window.")
    job.refresh_from_db()
    assert (job.state, job.percent, job.message) == ("failed", 40, "No data in this window.")


def test_a_queued_job_is_cancelled_at_once_and_does_not_start(job):
    assert cancel_job(job_id=job.pk).state == "cancelled"
    with pytest.raises(Cancelled):
        report_progress(job=job, percent=1, step="begins")
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.finished_at is not None


def test_a_running_job_ends_at_its_next_step(job):
    report_progress(job=job, percent=10, step="begins")
    asked = cancel_job(job_id=job.pk)
    assert (asked.state, asked.cancel_requested) == ("running", True)
    with pytest.raises(Cancelled):
        report_progress(job=job, percent=20, step="goes on")
    job.refresh_from_db()
    assert job.percent == 10


def test_an_ended_job_cannot_be_cancelled(job):
    finish_job(job=job, state=Job.State.DONE)
    with pytest.raises(Conflict):
        cancel_job(job_id=job.pk)


def test_an_unknown_job_and_one_of_another_plant_are_not_found(job, lyon):
    with pytest.raises(NotFound):
        cancel_job(job_id=uuid.uuid4())
    with tenant_context(lyon), pytest.raises(NotFound):
        cancel_job(job_id=job.pk)


def test_every_step_is_an_event_of_the_own_plant(job, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        report_progress(job=job, percent=10, step="begins")
        cancel_job(job_id=job.pk)
        finish_job(job=job, state=Job.State.CANCELLED)
    assert (sequence("plant_chicago"), sequence("plant_lyon")) == (3, 0)
