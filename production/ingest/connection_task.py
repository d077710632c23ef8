"""The life of one connection: connect, subscribe, store, tell, and begin again when it is lost."""

from __future__ import annotations

import asyncio
import functools
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from amis.errors import AmisError, SourceUnavailable
from production.ingest import journal
from production.ingest.derive_loop import DeriveLoop
from production.ingest.endpoint import UnknownCertificate
from production.ingest.items import NodeFault
from production.ingest.plan import ConnectionPlan
from production.ingest.readings import Inbox, Reading
from production.ingest.source import OpcUaSource
from production.ingest.store import Memory, store_readings
from production.ingest.supervision import pause, supervise
from production.ingest.teller import Teller
from production.ingest.threads import Threads
from production.ingest.validate import time_us

logger = logging.getLogger(__name__)

BATCH = 5_000
FLUSH_S = 0.25
INBOX = 200_000
NOTES = 1_000
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 5.0
PARKED_RETRY_S = 15.0


class ConnectionTask:
    """Owns one connection until `stop` is set. An error that it does not know ends it."""

    def __init__(
        self,
        *,
        schema: str,
        plan: ConnectionPlan,
        threads: Threads,
        pki: Path,
        stop: asyncio.Event,
        source_of: Callable[..., OpcUaSource] = OpcUaSource,
    ) -> None:
        self._schema, self._plan, self._threads, self._pki = schema, plan, threads, pki
        self._source_of = source_of
        self._inbox = Inbox(capacity=INBOX)
        self._memory = Memory(
            last_us={},
            texts={signal.pk: signal.status_text for signal in plan.signals},
            unheard_us=time_us(plan.last_seen_at) if plan.last_seen_at else 0,
        )
        self._teller = Teller(schema=schema, plan=plan, threads=threads, stop=stop)
        self._derive = DeriveLoop(
            schema=schema, plan=plan, threads=threads, tell=self._teller.changed, stop=stop
        )
        self._stop = stop
        self._notes: asyncio.Queue[Callable[[], Awaitable[None]] | None] = asyncio.Queue(NOTES)
        self._failures = 0
        self._lost_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self._schema}/{self._plan.name}"

    async def run(self) -> None:
        """Until stopped. What has arrived is stored before it returns, if the database answers."""
        pks = [signal.pk for signal in self._plan.signals]
        call = self._threads.call
        self._memory.last_us = await call(self._schema, journal.last_stored, signal_pks=pks)
        self._note(journal.open_outage_since_seen, longer_than=journal.UNHEARD_AFTER)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._store())
            group.create_task(self._write_notes())
            for name, work in (("derivation", self._derive.run), ("live", self._teller.run)):
                group.create_task(supervise(f"{self.name} {name}", work, self._stop))
            await self._keep_connected()
            self._inbox.close()
            self._notes.put_nowait(None)

    async def _keep_connected(self) -> None:
        while not self._stop.is_set():
            source = self._source_of(plan=self._plan, deliver=self._inbox.put, pki=self._pki)
            try:
                error = await self._until_stopped(self._session(source))
            finally:
                self._teller.source = None
                await source.close()
            if source.was_heard:
                self._note(journal.set_seen, at=source.heard_at)
                self._memory.unheard_us = time_us(source.heard_at)
            if error is not None:
                await self._lose(source, error)

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> BaseException | None:
        """What the work raised; None when it was stopped before."""
        session, stopped = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({session, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            session.cancel()
            stopped.cancel()
            await asyncio.gather(session, stopped, return_exceptions=True)
        return None if session.cancelled() else session.exception()

    async def _session(self, source: OpcUaSource) -> None:
        """One session from connecting to its end, which is always an error."""
        faults = await source.connect()
        self._begin(source, faults)
        await source.watch(self._note_missing)

    def _begin(self, source: OpcUaSource, faults: list[NodeFault]) -> None:
        """Data flow: the outage ends."""
        now = datetime.now(UTC)
        self._note(journal.close_outage, at=now)
        self._note(journal.end_parking)
        self._note_missing(faults)
        self._teller.source = source
        self._derive.mark_all()
        if self._lost_at is None:
            logger.info("%s connected, %d signals", self.name, len(self._plan.signals))
        else:
            logger.info("%s back after %.1f s", self.name, (now - self._lost_at).total_seconds())
        self._lost_at, self._failures = None, 0

    def _note_missing(self, faults: list[NodeFault]) -> None:
        """Connected, but for these nodes."""
        detail = f"{len(faults)} of {len(self._plan.signals)} nodes missing" if faults else ""
        reasons = {fault.signal.pk: fault.reason for fault in faults}
        self._note(journal.set_status, status="connected", detail=detail)
        self._note(journal.record_missing_nodes, faults=reasons)
        self._memory.texts.update(reasons)

    async def _lose(self, source: OpcUaSource, error: BaseException) -> None:
        """The session ended, or could not be had: say so once, then wait before the next try."""
        if not isinstance(error, AmisError):
            raise error
        parked = isinstance(error, UnknownCertificate)
        if self._lost_at is None:
            self._lost_at = source.heard_at
            said = "parked" if parked else "lost" if source.was_heard else "not reachable"
            logger.warning("%s %s: %s", self.name, said, error.message)
            await self._mark_lost(source)
        if isinstance(error, UnknownCertificate):
            self._note(
                journal.park_certificate, certificate=error.certificate, detail=error.message
            )
            await self._pause(PARKED_RETRY_S)
            return
        self._note(journal.set_status, status="lost", detail=error.message)
        await self._pause(min(FIRST_RETRY_S * 2**self._failures, LONGEST_RETRY_S))
        self._failures = min(self._failures + 1, 10)

    async def _mark_lost(self, source: OpcUaSource) -> None:
        if source.was_heard:
            self._note(journal.open_outage, since=source.heard_at)
            await self._teller.lost(source.heard_at)
        else:
            self._note(journal.open_outage_since_seen)
        self._derive.mark_all()

    async def _pause(self, seconds: float) -> None:
        """Wait with jitter, so that many connections do not return at the same moment."""
        await pause(self._stop, seconds * random.uniform(0.6, 1.0))

    async def _store(self) -> None:
        """Batches into the database, in order, until the inbox is closed and empty."""
        while not self._inbox.is_finished:
            readings = await self._inbox.take(at_most=BATCH, within_s=FLUSH_S)
            if readings and not await self._store_batch(readings):
                return

    async def _store_batch(self, readings: list[Reading]) -> bool:
        """Try until the database takes the batch; False when there is no time left to try.

        The disk spool goes here: today a batch waits in memory and the inbox behind it drops.
        """
        dropped, said, delay_s = 0, False, FIRST_RETRY_S
        while True:
            dropped += self._inbox.take_dropped()
            try:
                stored = await self._threads.call(
                    self._schema,
                    store_readings,
                    plan=self._plan,
                    readings=readings,
                    dropped=dropped,
                    memory=self._memory,
                )
            except SourceUnavailable as error:
                if not said:
                    logger.warning("%s cannot store: %s", self.name, error.message)
                said = True
            else:
                break
            if self._stop.is_set():
                lost = len(readings) + len(self._inbox) + dropped
                logger.error("%s stops with %d values that could not be stored", self.name, lost)
                return False
            await self._pause(delay_s)
            delay_s = min(delay_s * 2, LONGEST_RETRY_S)
        if said:
            logger.info("%s stores again", self.name)
        self._derive.mark(stored.dirty_us)
        self._teller.news(stored.newest)
        return True

    def _note(self, work: Callable[..., None], **arguments: Any) -> None:
        """Have something written down, in order, as soon as the database answers."""
        if self._notes.full():
            self._notes.get_nowait()
        self._notes.put_nowait(
            functools.partial(
                self._threads.call, self._schema, work, connection_pk=self._plan.pk, **arguments
            )
        )

    async def _write_notes(self) -> None:
        while (write := await self._notes.get()) is not None:
            while not await self._written(write):
                if self._stop.is_set():
                    return
                await self._pause(LONGEST_RETRY_S)

    async def _written(self, write: Callable[[], Awaitable[None]]) -> bool:
        try:
            await write()
        except SourceUnavailable:
            return False
        return True
