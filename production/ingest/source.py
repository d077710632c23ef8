"""All OPC UA traffic of one connection; every error of the library becomes one of ours here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from amis.errors import Invalid, SourceUnavailable
from production.ingest.edge import said, translated
from production.ingest.endpoint import ANSWER_WITHIN_S, new_client, secure
from production.ingest.items import MonitoredItems, NodeFault
from production.ingest.plan import ConnectionPlan
from production.ingest.readings import Reading
from tenants.secrets import Locked

PROBE_EVERY_S = 1.0
CLOSE_WITHIN_S = 1.0
KEEP_ALIVE_MS = 2_000
LIFETIME_MS = 30_000
LOOK_EVERY_S = 5.0
MICROSECOND = timedelta(microseconds=1)
NOTIFICATIONS_A_MESSAGE = 10_000
# The library keeps one PublishRequest outstanding and falls behind under load; four keep up.
MORE_PUBLISH_LOOPS = 3


class OpcUaSource:
    """One session with one server. `deliver` takes readings and must not wait."""

    def __init__(
        self,
        *,
        plan: ConnectionPlan,
        deliver: Callable[[Sequence[Reading]], None],
        pki: Path,
    ) -> None:
        self._plan, self._deliver, self._pki = plan, deliver, pki
        self._client: Client | None = None
        self._items: MonitoredItems | None = None
        self._missing: list[NodeFault] = []
        self._look_every_s = LOOK_EVERY_S
        self._looked_at = 0.0
        self._told: dict[int, ua.DataValue] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._lost, self._flowing = asyncio.Event(), asyncio.Event()
        self._why = ""
        self._silence_s = 0.0
        self._published_at = self.heard_at = datetime.now(UTC)
        self.was_heard = False

    async def connect(self) -> list[NodeFault]:
        """Open a session and subscribe; returns the nodes that are not to be had.

        Raises SourceUnavailable, UnknownCertificate, or Invalid for a configuration that no server
        can satisfy. After an error the source is closed.
        """
        try:
            with translated(self._plan):
                self._client = await self._open()
                await self._subscribe(self._client)
                await asyncio.wait_for(self._flowing.wait(), ANSWER_WITHIN_S + self._silence_s)
                self.was_heard = True
                return self._missing
        except BaseException:
            await self.close()
            raise

    async def watch(self, tell_missing: Callable[[list[NodeFault]], None]) -> None:
        """Return never; raises SourceUnavailable as soon as the server is not heard any more.

        `tell_missing` hears which nodes are missing whenever these become others.
        """
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), PROBE_EVERY_S)
            if self._lost.is_set():
                raise SourceUnavailable(self._why or "The server closed the connection.")
            with translated(self._plan):
                await self._probe()
                if await self._look_at_nodes():
                    tell_missing(self._missing)
            silence_s = (self.heard_at - self._published_at).total_seconds()
            if silence_s > self._silence_s:
                raise SourceUnavailable(f"The subscription has been silent for {silence_s:.0f} s.")

    async def close(self) -> None:
        """End the session; a server that does not answer is left alone after a second."""
        client, self._client = self._client, None
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops.clear()
        if client is None:
            return
        with suppress(SourceUnavailable), translated(self._plan):
            await asyncio.wait_for(client.disconnect(), CLOSE_WITHIN_S)
        client.disconnect_socket()

    async def _open(self) -> Client:
        client = await new_client(self._plan)
        if self._plan.security_mode != "None":
            await secure(client, self._plan, self._pki)
        if self._plan.username:
            if self._plan.password_env and not self._plan.password:
                raise Invalid(
                    f"{self._plan.password_env}, which is to hold the password, is neither in the"
                    " ingest worker's environment nor in .env."
                )
            if isinstance(self._plan.password, Locked):
                raise Invalid(
                    "The password was sealed with a key that is not in AMIS_SECRET_KEYS; add that"
                    " key there, or enter the password anew."
                )
            client.set_user(self._plan.username)
            client.set_password(self._plan.password)
        client.connection_lost_callback = self._on_lost
        await client.connect()
        return client

    async def _subscribe(self, client: Client) -> None:
        interval = float(self._plan.publishing_interval_ms)
        # The library's own subscription makes a task for every value, or drops without telling.
        made = await client.uaclient.create_subscription(
            ua.CreateSubscriptionParameters(
                RequestedPublishingInterval=interval,
                RequestedMaxKeepAliveCount=max(1, round(KEEP_ALIVE_MS / interval)),
                RequestedLifetimeCount=max(3, round(LIFETIME_MS / interval)),
                MaxNotificationsPerPublish=NOTIFICATIONS_A_MESSAGE,
                PublishingEnabled=True,
            ),
            self._on_publish,
        )
        keep_alive_s = made.RevisedPublishingInterval * made.RevisedMaxKeepAliveCount / 1000
        self._silence_s = max(5.0, 2.5 * keep_alive_s)
        self._loops = [
            asyncio.create_task(self._publish_more(client)) for _ in range(MORE_PUBLISH_LOOPS)
        ]
        self._items = MonitoredItems(
            client=client,
            subscription_id=made.SubscriptionId,
            interval_ms=interval,
        )
        await self._items.ask_limit()
        self._missing = await self._items.add(self._plan.signals)
        self._looked_at = time.monotonic()
        self._look_every_s = max(LOOK_EVERY_S, 3 * made.RevisedPublishingInterval / 1000)

    async def _look_at_nodes(self) -> bool:
        """Ask again for missing nodes and for those that died; whether others are missing now.

        A server may listen before all of its nodes are made, and make them anew while it runs.
        """
        now = time.monotonic()
        if self._items is None or now - self._looked_at < self._look_every_s:
            return False
        self._looked_at = now
        dead = set(await self._items.drop_dead(self._told, every_s=self._look_every_s))
        for pk in dead:
            self._told.pop(pk, None)
        missing = {fault.signal.pk for fault in self._missing}
        wanted = [signal for signal in self._plan.signals if signal.pk in missing | dead]
        if wanted:
            self._missing = await self._items.add(wanted)
        return {fault.signal.pk for fault in self._missing} != missing

    async def _publish_more(self, client: Client) -> None:
        """One more outstanding PublishRequest; ends when the session does or the server objects."""
        acknowledged: list[ua.SubscriptionAcknowledgement] = []
        with suppress(UaError, OSError, TimeoutError):
            while not self._lost.is_set():
                answer = (await client.uaclient.publish(acknowledged)).Parameters
                self._on_publish(answer)
                message = answer.NotificationMessage
                seen = ua.SubscriptionAcknowledgement(answer.SubscriptionId, message.SequenceNumber)
                acknowledged = [seen] if message.NotificationData else []

    def _on_publish(self, answer: ua.PublishResult) -> None:
        """Readings out of an answer. The library swallows what is raised here, so we keep it."""
        try:
            self._take(answer)
        except (AttributeError, TypeError, ValueError) as error:
            self._fail(f"The server sent something unreadable: {error!r}.")

    def _take(self, answer: ua.PublishResult) -> None:
        now = datetime.now(UTC)
        self._published_at = self.heard_at = now
        for notification in answer.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification):
                self._deliver(self._readings(notification, now))
            elif isinstance(notification, ua.StatusChangeNotification):
                self._fail(f"The server ended the subscription: {notification.Status.name}.")
                return
        self._flowing.set()

    def _readings(self, notification: Any, now: datetime) -> list[Reading]:
        """In their order, a microsecond apart: values without a time of their own stay distinct."""
        signal_of = self._items.signal_of if self._items else {}
        return [
            self._reading(signal_of[item.ClientHandle], item.Value, now + place * MICROSECOND)
            for place, item in enumerate(notification.MonitoredItems)
            if item.ClientHandle in signal_of
        ]

    def _reading(self, pk: int, value: Any, arrived_at: datetime) -> Reading:
        initial = pk not in self._told
        self._told[pk] = value
        return Reading(
            signal_pk=pk,
            value=value.Value.Value if value.Value is not None else None,
            status_code=value.StatusCode.value if value.StatusCode is not None else 0,
            source_time=value.SourceTimestamp,
            server_time=value.ServerTimestamp,
            arrived_at=arrived_at,
            initial=initial,
        )

    async def _probe(self) -> None:
        client = self._client
        if client is None:
            raise ConnectionError("closed")
        await asyncio.wait_for(client.nodes.server_state.read_value(), ANSWER_WITHIN_S)
        self.heard_at = datetime.now(UTC)

    async def _on_lost(self, error: Exception) -> None:
        self._fail(said(self._plan, error))

    def _fail(self, why: str) -> None:
        self._why = self._why or why
        self._lost.set()
