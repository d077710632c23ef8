"""A worker that is killed in the middle of a training: another one does it, and it is done once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from analytics.models import ModelArtefact, ModelVersion, Promotion, Run
from analytics.services.planning import plan
from analytics.services.runs import MOST_ATTEMPTS, Piece, carry_out, plan_run
from analytics.services.work import KINDS
from analytics.tests.past import NOW, fill
from production.models import Job

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
WORKER = """
import os, signal, sys
import django
django.setup()
from django_tenants.utils import schema_context
from analytics.models import Run
from analytics.services.runs import carry_out
from analytics.services.work import KINDS

def until_killed(tell):
    def told(percent, step):
        tell(percent, step)
        if step.startswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    run = Run.objects.get(pk=int(sys.argv[1]))
    return KINDS[run.kind].do(run, told)

with schema_context("plant_chicago"):
    carry_out(int(sys.argv[1]), until_killed, is_watched=True)
"""


@pytest.fixture
def plant(committed, chicago):
    with tenant_context(chicago):
        fill(until=NOW)
        yield


def kill_at(run: Run, step: str) -> None:
    """A worker of its own process takes the run up and is killed when it comes to a step."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(run.pk), step], cwd=ROOT, timeout=120, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "amis.settings"},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL


def lease_runs_out() -> None:
    Run.objects.update(lease_until=clock.now() - timedelta(seconds=1))


def again(run: Run) -> bool:
    kind = KINDS[run.kind]
    return carry_out(run.pk, lambda tell: kind.do(run, tell), is_watched=True)


@pytest.mark.parametrize("step", ["learning", "keeping", "comparing"])
def test_the_training_of_a_killed_worker_is_done_once_by_the_next(plant, step):
    """Killed while it fits, before its version is stored, and between that and its promotion."""
    run = plan_run(Piece("train_downtime", MONDAY))
    kill_at(run, step)
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert Job.objects.get().state in (Job.State.QUEUED, Job.State.RUNNING)
    assert not again(run), "somebody's lease holds"
    lease_runs_out()
    assert again(run)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.DONE, 2)
    assert Job.objects.get().state == Job.State.DONE
    version = ModelVersion.objects.get()
    assert (version.number, version.status) == (1, "champion")
    assert Promotion.objects.count() == 1
    names = list(ModelArtefact.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) > 0


def test_a_job_whose_work_kills_every_worker_is_told_as_failed(plant, chicago):
    run = plan_run(Piece("train_downtime", MONDAY))
    kill_at(run, "learning")
    Run.objects.update(attempts=MOST_ATTEMPTS)
    lease_runs_out()
    assert not again(run)
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert job.message == "It ended 3 workers before it was done."
    assert job.finished_at is not None
    assert run not in plan(now=clock.now())
