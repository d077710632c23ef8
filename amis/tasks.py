"""The system's own work in the background."""

from __future__ import annotations

import logging

from celery import Task, shared_task

from amis import health
from amis import post as letters
from reports.services.smtp import NotSent

log = logging.getLogger(__name__)
FIRST_RETRY_S = 30
MOST_RETRIES = 4


@shared_task(name="amis.tasks.beat_heartbeat")
def beat_heartbeat() -> None:
    """Runs because Beat sent it and a worker took it: both live."""
    health.beat("beat")


@shared_task(name=letters.TASK, bind=True, max_retries=MOST_RETRIES)
def post(self: Task, text: str, to: str) -> None:
    """Send a letter; later once more while its server may mend."""
    try:
        letters.post(text, to)
    except NotSent as error:
        attempt = self.request.retries
        if error.for_good or attempt >= MOST_RETRIES:
            log.error("A letter was not sent: %s", error.message)
            return
        raise self.retry(countdown=FIRST_RETRY_S * 2**attempt, exc=error) from error
