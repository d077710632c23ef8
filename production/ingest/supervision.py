"""Runs a piece of work again when it fails in a way that nobody foresaw."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from amis.errors import SourceUnavailable

logger = logging.getLogger(__name__)

RESTART_AFTER_S = 5.0
TELL_AGAIN_AFTER_S = 60.0


async def supervise(name: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Await `work()` until `stop` is set. One failing piece does not take the others with it.

    What fails again in the same way within a minute is not told again.
    """
    told = ""
    while not stop.is_set():
        began = time.monotonic()
        try:
            await work()
        except Exception as error:
            if repr(error) != told or time.monotonic() - began > TELL_AGAIN_AFTER_S:
                _tell(name, error)
            told = repr(error)
        await pause(stop, RESTART_AFTER_S)


def _tell(name: str, error: Exception) -> None:
    if isinstance(error, SourceUnavailable):
        logger.warning("%s waits: %s", name, error.message)
    else:
        logger.error("%s failed and begins again", name, exc_info=error)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but not beyond `stop`."""
    if not stop.is_set():
        await asyncio.wait({waiting := asyncio.create_task(stop.wait())}, timeout=seconds)
        waiting.cancel()
