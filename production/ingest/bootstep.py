"""The collector inside a Celery worker: an event loop in a thread that starts and stops with it."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

from celery import bootsteps

logger = logging.getLogger(__name__)

QUEUE = "ingest"
STOP_WITHIN_S = 5.0


class CollectorStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Active only in workers that consume the queue `ingest`.

    A task could not do this: an endless task keeps a worker alive after SIGTERM and is delivered
    again after the visibility timeout.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()

    def include_if(self, worker: Any) -> bool:
        return QUEUE in worker.app.amqp.queues.consume_from

    def start(self, worker: Any) -> None:
        """Begin to collect, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
        self._thread.start()
        self._ready.wait(STOP_WITHIN_S)

    def stop(self, worker: Any) -> None:
        """Drain, flush and release; the worker waits for it."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(STOP_WITHIN_S)
        self._thread = None

    terminate = stop

    def _run(self) -> None:
        asyncio.run(self._collect())

    async def _collect(self) -> None:
        # Celery imports this module before Django's models can be imported.
        from django.conf import settings

        from production.ingest.collector import Collector

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        # Every error of the library comes to us as an exception; its own lines say it twice.
        logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
        await Collector(pki=settings.STATE_DIR / "pki").run(self._stop)
