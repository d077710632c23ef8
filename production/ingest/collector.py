"""Holds the leases of this worker and runs one supervised task for each of its connections."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError

from amis.errors import SourceUnavailable
from production.ingest.connection_task import ConnectionTask
from production.ingest.lease import has_connections, hold_leases, release_leases
from production.ingest.plan import load_plan
from production.ingest.supervision import pause, supervise
from production.ingest.threads import Threads
from tenants.selectors import active_schemas

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
EMPTY_PLANT_EVERY = 4
"""So many looks apart a plant without connections is looked at: of many plants few are collected
from, and the leases of those are renewed in the same look. What is imported is taken up within ten
seconds, of which the looks themselves need some.
"""
CLAIM_AT_MOST = 4
STOP_WITHIN_S = 2.5
PUBLIC = "public"

Key = tuple[str, int]


@dataclass(slots=True)
class Running:
    revision: int
    stop: asyncio.Event
    supervision: asyncio.Task[None]


class Collector:
    """Looks at the plants every two seconds; what it learns there starts and stops tasks."""

    def __init__(self, *, pki: Path, owner: str = "") -> None:
        self._pki = pki
        self._owner = owner or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._threads = Threads()
        self._running: dict[Key, Running] = {}
        self._broken: set[str] = set()
        self._resting: dict[str, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then sessions are closed, arrived values stored and leases given back."""
        said = False
        while not stop.is_set():
            try:
                await self._look()
                said = False
            except SourceUnavailable as error:
                if not said:
                    logger.warning("The collector waits: %s", error.message)
                said = True
            await pause(stop, LOOK_EVERY_S)
        await self._finish()

    async def _look(self) -> None:
        """Renew and claim leases; start what is new, restart what was changed, stop the rest."""
        wanted: dict[Key, int] = {}
        for schema in await self._threads.call(PUBLIC, active_schemas):
            wanted.update(await self._held(schema))
        over = [
            key for key, running in self._running.items() if wanted.get(key) != running.revision
        ]
        await self._stop(over)
        for key, revision in wanted.items():
            if key not in self._running:
                stop = asyncio.Event()
                work = functools.partial(self._run_connection, key, stop)
                supervision = asyncio.create_task(supervise(f"{key[0]}/{key[1]}", work, stop))
                self._running[key] = Running(revision, stop, supervision)

    async def _held(self, schema: str) -> dict[Key, int]:
        """The leases in a plant; a plant whose tables are not as they should be keeps no other
        plant from being collected.
        """
        if self._rests(schema):
            return {}
        try:
            held = await self._threads.call(
                schema, hold_leases, owner=self._owner, claim_at_most=CLAIM_AT_MOST
            )
            if not held and not await self._threads.call(schema, has_connections):
                self._resting[schema] = EMPTY_PLANT_EVERY - 1
        except DatabaseError as error:
            if schema not in self._broken:
                logger.warning("%s is not collected: %s", schema, str(error).partition("\n")[0])
            self._broken.add(schema)
            return {}
        if schema in self._broken:
            self._broken.remove(schema)
            logger.info("%s is collected again", schema)
        return {(schema, pk): revision for pk, revision in held.items()}

    def _rests(self, schema: str) -> bool:
        looks = self._resting.pop(schema, 0)
        if looks > 1:
            self._resting[schema] = looks - 1
        return looks > 0

    async def _run_connection(self, key: Key, stop: asyncio.Event) -> None:
        schema, pk = key
        plan = await self._threads.call(schema, load_plan, connection_pk=pk)
        task = ConnectionTask(
            schema=schema, plan=plan, threads=self._threads, pki=self._pki, stop=stop
        )
        await task.run()

    async def _stop(self, keys: list[Key]) -> None:
        over = [self._running.pop(key) for key in keys]
        for running in over:
            running.stop.set()
        tasks = [running.supervision for running in over]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _finish(self) -> None:
        held: dict[str, list[int]] = {}
        for schema, pk in self._running:
            held.setdefault(schema, []).append(pk)
        await self._stop(list(self._running))
        for schema, pks in held.items():
            try:
                await self._threads.call(
                    schema, release_leases, owner=self._owner, connection_pks=pks
                )
            except SourceUnavailable:
                logger.warning("%s: leases end by themselves in some seconds", schema)
        self._threads.close()
