"""Tells the live side what is new: values, signs of life, at most two events a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime

from amis.errors import SourceUnavailable
from production import live
from production.ingest import journal
from production.ingest.plan import ConnectionPlan
from production.ingest.source import OpcUaSource
from production.ingest.supervision import pause
from production.ingest.threads import Threads
from production.live import NewestValue

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.5
ALIVE_EVERY_S = 1.0
SEEN_EVERY_S = 5.0


class Teller:
    """Collects what changed and passes it on; `source` is the session that is heard now."""

    def __init__(
        self, *, schema: str, plan: ConnectionPlan, threads: Threads, stop: asyncio.Event
    ) -> None:
        self._schema, self._plan, self._threads, self._stop = schema, plan, threads, stop
        self._names = {pk: (machine_id, name) for pk, machine_id, name in plan.machines}
        self._pks = {machine_id: pk for pk, machine_id, _ in plan.machines}
        self._newest: dict[tuple[str, str], NewestValue] = {}
        self._fresh: dict[tuple[str, str], NewestValue] = {}
        self._changed: set[int] = set()
        self._alive_at = self._seen_at = 0.0
        self.source: OpcUaSource | None = None

    def news(self, values: Sequence[NewestValue]) -> None:
        """Values that are committed."""
        for value in values:
            key = value.machine_id, value.name
            before = self._newest.get(key)
            if before is None or value.known_at >= before.known_at:
                self._newest[key] = self._fresh[key] = value
            self._changed.add(self._pks[value.machine_id])

    def changed(self, machine_pk: int) -> None:
        """The machine's records are new."""
        self._changed.add(machine_pk)

    async def lost(self, last_seen: datetime) -> None:
        """The machines are not heard any more."""
        self.source = None
        self._changed.update(self._names)
        names = list(self._pks)
        try:
            await self._threads.call(
                self._schema,
                live.store_lost,
                schema=self._schema,
                machine_ids=names,
                last_seen=last_seen,
            )
        except SourceUnavailable as error:
            logger.debug("%s: live values wait: %s", self._schema, error.message)

    async def run(self) -> None:
        """Until stopped; the last news go out before it returns."""
        said = False
        while True:
            last = self._stop.is_set()
            try:
                await self._tell()
                said = False
            except SourceUnavailable as error:
                # Valkey may come back empty: everything that is known goes there again.
                self._fresh.update(self._newest)
                self._changed.update(self._names)
                if not said:
                    logger.warning("%s/%s: %s", self._schema, self._plan.name, error.message)
                said = True
            if last:
                return
            await pause(self._stop, TELL_EVERY_S)

    async def _tell(self) -> None:
        now = time.monotonic()
        source = self.source
        if source is not None and now - self._seen_at >= SEEN_EVERY_S:
            self._seen_at = now
            await self._threads.call(
                self._schema, journal.set_seen, connection_pk=self._plan.pk, at=source.heard_at
            )
        alive = source.heard_at if source and now - self._alive_at >= ALIVE_EVERY_S else None
        values, machines = list(self._fresh.values()), sorted(self._changed)
        if alive is None and not values and not machines:
            return
        self._alive_at = now if alive else self._alive_at
        self._fresh, self._changed = {}, set()
        await self._threads.call(
            self._schema,
            _tell,
            schema=self._schema,
            values=values,
            alive=(list(self._pks), alive) if alive else None,
            machines=[self._names[pk] for pk in machines if pk in self._names],
        )


def _tell(
    *,
    schema: str,
    values: Sequence[NewestValue],
    alive: tuple[list[str], datetime] | None,
    machines: Sequence[tuple[str, str]],
) -> None:
    live.store_newest(schema, values)
    if alive is not None:
        live.store_alive(schema, *alive)
    live.publish_machines(schema, machines)
