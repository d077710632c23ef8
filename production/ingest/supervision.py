"""Runs a piece of work again when it fails in a way that nobody foresaw."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from amis.errors import SourceUnavailable

logger = logging.getLogger(__name__)

RESTART_AFTER_S = 5.0


async def supervise(name: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Await `work()` until `stop` is set. One failing piece does not take the others with it."""
    while not stop.is_set():
        try:
            await work()
        except SourceUnavailable as error:
            logger.warning("%s waits: %s", name, error.message)
        except Exception:
            logger.exception("%s failed and begins again", name)
        await pause(stop, RESTART_AFTER_S)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but not beyond `stop`."""
    if not stop.is_set():
        await asyncio.wait({waiting := asyncio.create_task(stop.wait())}, timeout=seconds)
        waiting.cancel()
