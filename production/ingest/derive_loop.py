"""Keeps the records of a connection's machines up to date while samples come in."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from amis.errors import SourceUnavailable
from amis.interval import Interval
from production.ingest.plan import ConnectionPlan
from production.ingest.supervision import pause
from production.ingest.threads import Threads
from production.ingest.validate import instant
from production.models import Machine
from production.selectors.calendar import calendar_of
from production.services.derive import derive_records

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
AT_LEAST_EVERY_S = 5.0
# A clock that says 1970 must not recompute half a century; older samples are derived by hand.
LONGEST_LOOK_BACK = timedelta(days=32)
PREVIOUS_SHIFT_WITHIN = timedelta(days=3)


class DeriveLoop:
    """Derives machines that new samples touched, and the others every few seconds."""

    def __init__(
        self,
        *,
        schema: str,
        plan: ConnectionPlan,
        threads: Threads,
        tell: Callable[[int], None],
        stop: asyncio.Event,
    ) -> None:
        self._schema, self._threads, self._tell, self._stop = schema, threads, tell, stop
        self._machines = [pk for pk, _, _ in plan.machines]
        self._dirty: dict[int, datetime] = {}
        self._tried_at: dict[int, float] = {}

    def mark(self, dirty_us: Mapping[int, int]) -> None:
        """Samples of these machines arrived, the earliest from then."""
        for pk, time_us in dirty_us.items():
            since = instant(time_us)
            if datetime.now(UTC) - since > LONGEST_LOOK_BACK:
                continue
            self._dirty[pk] = min(since, self._dirty.get(pk, since))

    def mark_all(self) -> None:
        """The connection was lost or came back: what is known of now has changed."""
        now = datetime.now(UTC)
        for pk in self._machines:
            self._dirty[pk] = min(now, self._dirty.get(pk, now))

    async def run(self) -> None:
        """Until stopped: derive what is due."""
        await self._catch_up()
        while not self._stop.is_set():
            await self._derive_due()
            await pause(self._stop, LOOK_EVERY_S)

    async def _catch_up(self) -> None:
        """The running shift and the one before, in case nobody derived them."""
        for pk in self._machines:
            try:
                since = await self._threads.call(self._schema, _previous_shift, machine_pk=pk)
            except SourceUnavailable:
                since = datetime.now(UTC)
            self._dirty[pk] = min(since, self._dirty.get(pk, since))

    async def _derive_due(self) -> None:
        # Whoever was tried last comes last: a machine whose derivation fails stops no other.
        for pk in sorted(self._machines, key=lambda pk: self._tried_at.get(pk, 0.0)):
            waited_s = time.monotonic() - self._tried_at.get(pk, 0.0)
            if self._stop.is_set() or (pk not in self._dirty and waited_s < AT_LEAST_EVERY_S):
                continue
            since = self._dirty.pop(pk, None)
            self._tried_at[pk] = time.monotonic()
            try:
                await self._threads.call(self._schema, _derive, machine_pk=pk, since=since)
            except SourceUnavailable as error:
                if since is not None:
                    self._dirty[pk] = min(since, self._dirty.get(pk, since))
                logger.debug("%s: derivation waits: %s", self._schema, error.message)
                return
            self._tell(pk)


def _derive(*, machine_pk: int, since: datetime | None) -> None:
    machine = Machine.objects.filter(pk=machine_pk).select_related("connection", "shift_pattern")
    found = machine.first()
    if found is None:
        return
    now = datetime.now(UTC)
    latest = now - timedelta(seconds=1)
    earliest = now - LONGEST_LOOK_BACK
    derive_records(
        machine=found, interval=Interval(max(min(since or latest, latest), earliest), now), now=now
    )


def _previous_shift(*, machine_pk: int) -> datetime:
    """When the shift before the running one began; an hour ago where there is no calendar."""
    now = datetime.now(UTC)
    machine = Machine.objects.select_related("shift_pattern").filter(pk=machine_pk).first()
    calendar = calendar_of(machine) if machine else None
    if calendar is None:
        return now - timedelta(hours=1)
    shifts = calendar.overlapping(Interval(now - PREVIOUS_SHIFT_WITHIN, now))
    starts = sorted(shift.interval.start for shift in shifts)
    return starts[-2] if len(starts) > 1 else now - timedelta(hours=1)
