"""Who does a piece of work, what becomes of it when a worker dies, and what people see of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone as clock
from django_tenants.utils import schema_context

from amis.errors import InsufficientData, Invalid
from analytics.models import Run
from analytics.services import runs
from analytics.services.runs import LEASE, MOST_ATTEMPTS, Piece, carry_out, plan_run
from production.models import Job
from production.services.jobs import cancel_job, create_job

DUE = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def plant(committed):
    with schema_context("plant_chicago"):
        yield


def planned() -> Run:
    return plan_run(Piece("train_downtime", DUE))


def test_work_is_planned_once_and_done_once(plant):
    done: list[str] = []
    first, second = planned(), planned()
    assert first.pk == second.pk
    assert carry_out(first.pk, lambda tell: done.append("once"))
    assert not carry_out(first.pk, lambda tell: done.append("twice"))
    assert done == ["once"]
    assert Run.objects.get().state == Run.State.DONE


def test_nobody_takes_what_a_living_worker_holds(plant):
    run = planned()
    Run.objects.update(state=Run.State.RUNNING, lease_until=clock.now() + LEASE)
    assert not carry_out(run.pk, lambda tell: pytest.fail("somebody else does it"))


def test_the_work_of_a_killed_worker_is_taken_up_when_its_lease_has_run_out(plant):
    run = planned()
    Run.objects.update(
        state=Run.State.RUNNING, lease_until=clock.now() - timedelta(seconds=1), attempts=1
    )
    assert carry_out(run.pk, lambda tell: None)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.lease_until) == (Run.State.DONE, 2, None)


def test_work_that_kills_every_worker_is_given_up_with_a_sentence(plant):
    run = planned()
    Run.objects.update(state=Run.State.RUNNING, attempts=MOST_ATTEMPTS)
    assert not carry_out(run.pk, lambda tell: pytest.fail("given up"))
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "3 workers" in run.detail["message"]


def test_too_little_data_is_kept_with_what_is_missing(plant):
    def work(tell):
        raise InsufficientData("Too little.", missing=["Shifts: have 5, need 60."])

    run = planned()
    assert not carry_out(run.pk, work, is_watched=True)
    run.refresh_from_db()
    assert run.state == Run.State.THIN
    assert run.detail["missing"] == ["Shifts: have 5, need 60."]
    assert not Job.objects.exists()


def test_whoever_asked_for_a_training_is_told_that_data_are_too_thin(plant):
    def work(tell):
        raise InsufficientData("Too little.", missing=["Shifts: have 5, need 60."])

    job = create_job(kind="train_downtime", user_id=7, user_label="alice")
    carry_out(plan_run(Piece("train_downtime", DUE), job=job).pk, work, is_watched=True)
    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "Too little.")


def test_a_failure_tells_its_reason(plant):
    def work(tell):
        raise Invalid("The file is not one of ours.")

    run = planned()
    carry_out(run.pk, work, is_watched=True)
    assert Job.objects.get().message == "The file is not one of ours."
    assert Run.objects.get().state == Run.State.FAILED


def test_people_see_how_far_watched_work_is_and_where_its_result_stands(plant):
    seen: list[tuple[str, float, str]] = []

    def work(tell):
        tell(40.0, "learning")
        job = Job.objects.get()
        seen.append((job.state, job.percent, job.step))
        return "/risk/"

    assert carry_out(planned().pk, work, is_watched=True)
    assert seen == [(Job.State.RUNNING, 40.0, "learning")]
    job = Job.objects.get()
    assert (job.kind, job.state, job.percent, job.result_url) == (
        "train_downtime", Job.State.DONE, 100, "/risk/",
    )  # fmt: skip


def test_a_cancelled_job_ends_its_work_at_the_next_step(plant):
    def work(tell):
        cancel_job(job_id=Job.objects.get().pk)
        tell(10.0, "goes no further")
        pytest.fail("the work should have unwound")

    assert not carry_out(planned().pk, work, is_watched=True)
    assert Run.objects.get().state == Run.State.CANCELLED
    assert Job.objects.get().state == Job.State.CANCELLED


def test_what_was_cancelled_before_it_began_is_not_begun(plant):
    job = create_job(kind="train_downtime")
    run = plan_run(Piece("train_downtime", DUE), job=job)
    cancel_job(job_id=job.pk)
    assert not carry_out(run.pk, lambda tell: pytest.fail("cancelled"))
    assert Run.objects.get().state == Run.State.CANCELLED


def test_the_same_piece_of_another_plant_is_another(plant):
    planned()
    with schema_context("plant_lyon"):
        assert not Run.objects.exists()


def test_a_lease_is_renewed_again_when_the_database_is_back(plant, monkeypatch):
    run, asked, now = planned(), [], clock.now

    def away_at_first():
        asked.append("when")
        if len(asked) == 1:
            raise OperationalError("the server closed the connection")
        return now()

    def work(tell) -> None:
        held_until = Run.objects.get(pk=run.pk).lease_until
        monkeypatch.setattr(runs.clock, "now", away_at_first)
        deadline = time.monotonic() + 10
        while Run.objects.get(pk=run.pk).lease_until == held_until:
            assert time.monotonic() < deadline, "nobody renews the lease any more"
            time.sleep(0.05)
        monkeypatch.undo()

    monkeypatch.setattr(runs, "RENEW_S", 0.05)
    assert carry_out(run.pk, work)
    assert len(asked) > 1
