"""Claiming a piece of work, holding it while it goes on, and writing down how it ended."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone as clock
from django_tenants.utils import schema_context

from amis.errors import AmisError, InsufficientData
from analytics.models import Run
from production.models import Job
from production.services.jobs import ENDED, Cancelled, create_job, finish_job, report_progress

LEASE = timedelta(seconds=45)
RENEW_S = 15.0
MOST_ATTEMPTS = 3
TELL_EVERY_S, TELL_STEP_EVERY_S = 1.0, 0.1
SENT_AGAIN = timedelta(minutes=30)
TO_DO = (Run.State.WAITING, Run.State.RUNNING)
logger = logging.getLogger(__name__)

Work = Callable[[Callable[[float, str], None]], str | None]
"""Takes a `tell(percent, step)`; returns where the result is shown, if anywhere."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a run is for."""

    kind: str
    due_at: datetime
    chunk: str = ""


def plan_run(piece: Piece, *, job: Job | None = None) -> Run:
    """The row of a piece of work; the same one however often it is planned."""
    run, _ = Run.objects.get_or_create(
        kind=piece.kind, chunk=piece.chunk, due_at=piece.due_at, defaults={"job": job}
    )
    return run


def unsent(kind: str, *, now: datetime) -> list[Run]:
    """The runs of a kind that no worker has, marked as sent: a message that is lost is sent again
    after a while.
    """
    held = Q(lease_until__gte=now) | Q(state=Run.State.WAITING, sent_at__gt=now - SENT_AGAIN)
    runs = list(Run.objects.filter(kind=kind, state__in=TO_DO).exclude(held).order_by("due_at"))
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(sent_at=now)
    return runs


def carry_out(run_id: int, work: Work, *, is_watched: bool = False) -> bool:
    """Do a run's work if nobody else does or did; whether it was done here.

    Watched work has a job that people follow and may cancel. A repeat must be harmless: a worker
    that is killed leaves what the work itself had committed.
    """
    run = _claim(run_id)
    if run is None:
        return False
    job = run.job or (create_job(kind=run.kind, user_label="AMIS") if is_watched else None)
    if job is not None and run.job_id is None:
        Run.objects.filter(pk=run.pk).update(job=job)
    with _holding(run):
        state, detail, url = _attempt(work, job)
    _finish(run, job, state=state, detail=detail, url=url)
    return state == Run.State.DONE


def _attempt(work: Work, job: Job | None) -> tuple[Run.State, dict[str, Any], str]:
    try:
        url = work(_teller(job))
    except Cancelled:
        return Run.State.CANCELLED, {"message": "Cancelled."}, ""
    except InsufficientData as error:
        return Run.State.THIN, {"message": error.message, **error.extra}, ""
    except AmisError as error:
        return Run.State.FAILED, {"message": error.message}, ""
    return Run.State.DONE, {}, url or ""


def _claim(run_id: int) -> Run | None:
    """Take the run unless it has ended or somebody's lease on it holds."""
    now = clock.now()
    with transaction.atomic():
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        found = Run.objects.select_for_update(of=("self",)).select_related("job")
        run = found.filter(free, pk=run_id, state__in=TO_DO).first()
        if run is None:
            return None
        run.state, run.attempts = Run.State.RUNNING, run.attempts + 1
        run.lease_owner, run.lease_until = _owner(), now + LEASE
        if run.attempts > MOST_ATTEMPTS:
            _give_up(run, now)
        if run.job is not None and run.job.state == Job.State.CANCELLED:
            run.state, run.finished_at = Run.State.CANCELLED, now
        run.save()
    return run if run.state == Run.State.RUNNING else None


def _give_up(run: Run, now: datetime) -> None:
    """Whoever watched its job is told, because no worker is left to do it."""
    message = f"It ended {MOST_ATTEMPTS} workers before it was done."
    run.state, run.finished_at, run.detail = Run.State.FAILED, now, {"message": message}
    run.lease_until = None
    if run.job is not None and run.job.state not in ENDED:
        finish_job(job=run.job, state=Job.State.FAILED, message=message)


@contextmanager
def _holding(run: Run) -> Iterator[None]:
    """Renew the lease from a thread, because a model's fit does not come up for air."""
    ended = threading.Event()
    schema = connection.schema_name

    def renew() -> None:
        while not ended.wait(RENEW_S):
            # A database that is away comes back; the work goes on meanwhile and stays ours.
            with suppress(OperationalError, InterfaceError), schema_context(schema):
                Run.objects.filter(pk=run.pk).update(lease_until=clock.now() + LEASE)
            connection.close()

    thread = threading.Thread(target=renew, name=f"lease of run {run.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _teller(job: Job | None) -> Callable[[float, str], None]:
    """Progress for the job, told once a second at most, a new step sooner; Cancelled comes out of
    it.
    """
    begun = time.monotonic()
    told, told_step = begun - TELL_EVERY_S, ""

    def tell(percent: float, step: str) -> None:
        nonlocal told, told_step
        now = time.monotonic()
        wait = TELL_EVERY_S if step == told_step else TELL_STEP_EVERY_S
        if job is None or now - told < wait:
            return
        told, told_step = now, step
        spent = now - begun
        eta_s = spent * (100 - percent) / percent if percent >= 5 else None
        report_progress(job=job, percent=round(percent, 1), step=step[:200], eta_s=eta_s)

    return tell


def _finish(
    run: Run, job: Job | None, *, state: Run.State, detail: dict[str, Any], url: str
) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=state, detail=detail, lease_until=None, finished_at=clock.now()
    )
    if state == Run.State.FAILED:
        logger.warning("%s %s failed: %s", run.kind, run.chunk, detail["message"])
    if job is None:
        return
    if state == Run.State.THIN and job.user_id is None:
        # Nobody asked, and the pages say what is missing.
        job.delete()
        return
    ends = {
        Run.State.DONE: Job.State.DONE,
        Run.State.CANCELLED: Job.State.CANCELLED,
    }
    finish_job(
        job=job,
        state=ends.get(state, Job.State.FAILED),
        message=detail.get("message", ""),
        result_url=url,
    )


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
