"""The system's own periodic work."""

from __future__ import annotations

from celery import shared_task

from amis import health


@shared_task(name="amis.tasks.beat_heartbeat")
def beat_heartbeat() -> None:
    """Runs because Beat sent it and a worker took it: both live."""
    health.beat("beat")
