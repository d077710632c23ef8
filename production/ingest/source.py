"""All OPC UA traffic of one connection; every error of the library becomes one of ours here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import BadTooManyOperations, UaError

from amis.errors import Invalid, SourceUnavailable
from production.ingest.edge import said, translated
from production.ingest.endpoint import ANSWER_WITHIN_S, new_client, secure
from production.ingest.nodes import node_id
from production.ingest.plan import ConnectionPlan, SignalPlan
from production.ingest.readings import Reading

PROBE_EVERY_S = 1.0
CLOSE_WITHIN_S = 1.0
KEEP_ALIVE_MS = 2_000
LIFETIME_MS = 30_000
ITEMS_A_CALL = 500
NOTIFICATIONS_A_MESSAGE = 10_000
# The library keeps one PublishRequest outstanding and falls behind under load; four keep up.
MORE_PUBLISH_LOOPS = 3


@dataclass(frozen=True, slots=True)
class NodeFault:
    """A signal that the server does not offer, and why."""

    signal_pk: int
    reason: str


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
        self._handles: dict[int, int] = {}
        self._heard_of: set[int] = set()
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
                faults = await self._subscribe(self._client)
                await asyncio.wait_for(self._flowing.wait(), ANSWER_WITHIN_S + self._silence_s)
                self.was_heard = True
                return faults
        except BaseException:
            await self.close()
            raise

    async def watch(self) -> None:
        """Return never; raises SourceUnavailable as soon as the server is not heard any more."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), PROBE_EVERY_S)
            if self._lost.is_set():
                raise SourceUnavailable(self._why or "The server closed the connection.")
            with translated(self._plan):
                await self._probe()
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
        client = new_client(self._plan)
        if self._plan.security_mode != "None":
            await secure(client, self._plan, self._pki)
        if self._plan.username:
            client.set_user(self._plan.username)
            client.set_password(self._plan.password)
        client.connection_lost_callback = self._on_lost
        await client.connect()
        return client

    async def _subscribe(self, client: Client) -> list[NodeFault]:
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
        namespaces = await client.get_namespace_array()
        faults, found = _resolve(self._plan.signals, namespaces)
        for first in range(0, len(found), ITEMS_A_CALL):
            chunk = found[first : first + ITEMS_A_CALL]
            faults += await self._create_items(client, made.SubscriptionId, chunk)
        return faults

    async def _create_items(
        self, client: Client, subscription: int, chunk: list[tuple[SignalPlan, ua.NodeId]]
    ) -> list[NodeFault]:
        """Subscribe to a chunk; a server that takes fewer at a time gets halves."""
        items = [self._item(signal, node) for signal, node in chunk]
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=subscription,
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=items,
        )
        try:
            results = await client.uaclient.create_monitored_items(parameters)
        except BadTooManyOperations:
            if len(chunk) == 1:
                raise
            half = len(chunk) // 2
            return [
                *await self._create_items(client, subscription, chunk[:half]),
                *await self._create_items(client, subscription, chunk[half:]),
            ]
        return [
            NodeFault(signal.pk, result.StatusCode.name)
            for (signal, _), result in zip(chunk, results, strict=True)
            if not result.StatusCode.is_good()
        ]

    def _item(self, signal: SignalPlan, node: ua.NodeId) -> ua.MonitoredItemCreateRequest:
        handle = len(self._handles) + 1
        self._handles[handle] = signal.pk
        sampling_ms = signal.sampling_ms or self._plan.publishing_interval_ms
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=handle,
                SamplingInterval=float(sampling_ms),
                QueueSize=max(signal.queue_size, 1),
                DiscardOldest=True,
            ),
        )

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
                items = [i for i in notification.MonitoredItems if i.ClientHandle in self._handles]
                self._deliver([self._reading(item, now) for item in items])
            elif isinstance(notification, ua.StatusChangeNotification):
                self._fail(f"The server ended the subscription: {notification.Status.name}.")
                return
        self._flowing.set()

    def _reading(self, item: Any, now: datetime) -> Reading:
        pk, value = self._handles[item.ClientHandle], item.Value
        initial = pk not in self._heard_of
        self._heard_of.add(pk)
        return Reading(
            signal_pk=pk,
            value=value.Value.Value if value.Value is not None else None,
            status_code=value.StatusCode.value if value.StatusCode is not None else 0,
            source_time=value.SourceTimestamp,
            server_time=value.ServerTimestamp,
            arrived_at=now,
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


def _resolve(
    signals: Sequence[SignalPlan], namespaces: Sequence[str]
) -> tuple[list[NodeFault], list[tuple[SignalPlan, ua.NodeId]]]:
    faults, found = [], []
    for signal in signals:
        try:
            found.append((signal, node_id(signal.node, namespaces)))
        except Invalid as error:
            faults.append(NodeFault(signal.pk, error.message))
    return faults, found
