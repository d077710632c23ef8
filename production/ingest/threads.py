"""The hop from the event loop into Django: a bounded pool in which the plant is entered first."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import redis
from django.db import InterfaceError, OperationalError, connection
from django_tenants.utils import schema_context

from amis.errors import SourceUnavailable

T = TypeVar("T")


class Threads:
    """Runs sync work inside a plant's schema. Every thread keeps its own database connection."""

    def __init__(self, *, workers: int = 6) -> None:
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="ingest")

    async def call(self, schema: str, work: Callable[..., T], /, **arguments: Any) -> T:
        """`work(**arguments)` in the schema. Raises SourceUnavailable when a store is away."""
        job = functools.partial(_in_schema, schema, work, arguments)
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    def close(self) -> None:
        """Let running work end and drop the database connections with their threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _in_schema(schema: str, work: Callable[..., T], arguments: dict[str, Any]) -> T:
    try:
        with schema_context(schema):
            return work(**arguments)
    except (OperationalError, InterfaceError) as error:
        # The next call opens a new one: this one's server may be gone or in a failed transaction.
        connection.close()
        raise SourceUnavailable(f"The database does not answer: {error}".strip()) from error
    except redis.RedisError as error:
        raise SourceUnavailable(f"Valkey does not answer: {error}".strip()) from error
