"""A worker's sign of life: a timer in every Celery worker, one note a queue in Valkey."""

from __future__ import annotations

import logging
from typing import Any

import redis
from celery import bootsteps

EVERY_S = 10.0
logger = logging.getLogger(__name__)


class HeartbeatStep(bootsteps.StartStopStep):
    """Beats from the worker's own timer, so that a worker whose process hangs falls silent."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._entry: Any = None

    def start(self, worker: Any) -> None:
        queues = list(worker.app.amqp.queues.consume_from)
        beat(queues)
        self._entry = worker.timer.call_repeatedly(EVERY_S, beat, (queues,))

    def stop(self, worker: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None

    terminate = stop


def beat(queues: list[str]) -> None:
    # Celery imports this module before Django's models can be imported.
    from amis import health

    try:
        for queue in queues:
            health.beat(queue)
    except redis.RedisError:
        logger.warning("no heartbeat: Valkey does not answer")
