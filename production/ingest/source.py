"""All OPC UA traffic of one connection; every error of the library becomes one of ours here."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asyncua import Client, ua
from asyncua.crypto import security_policies
from asyncua.crypto.uacrypto import CertProperties, InvalidSignature

from amis.errors import Invalid, SourceUnavailable
from production.ingest.nodes import node_id
from production.ingest.pki import APPLICATION_URI, certificate_der, identity_in
from production.ingest.plan import ConnectionPlan, SignalPlan
from production.ingest.readings import Reading

DEFAULT_PORT = 4840
ANSWER_WITHIN_S = 4.0
PROBE_EVERY_S = 1.0
CLOSE_WITHIN_S = 1.0
KEEP_ALIVE_MS = 2_000
LIFETIME_MS = 30_000
SESSION_MS = 30_000
ITEMS_A_CALL = 500
NOTIFICATIONS_A_MESSAGE = 10_000
# The library keeps one PublishRequest outstanding and falls behind under load; four keep up.
MORE_PUBLISH_LOOPS = 3
POLICIES = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
HINTS = {
    "BadUserAccessDenied": "The server refuses this user or password.",
    "BadIdentityTokenRejected": "The server refuses this user or password.",
    "BadIdentityTokenInvalid": "The server does not take this kind of sign-in.",
    "BadSecurityChecksFailed": "The server does not trust AMIS's certificate: approve it there.",
    "BadCertificateUntrusted": "The server does not trust AMIS's certificate: approve it there.",
}


class UnknownCertificate(SourceUnavailable):
    """The server shows a certificate that nobody has approved; `certificate` is it, in DER."""

    def __init__(self, message: str, *, certificate: bytes) -> None:
        super().__init__(message)
        self.certificate = certificate


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

    async def connect(self) -> list[NodeFault]:
        """Open a session and subscribe; returns the nodes that are not to be had.

        Raises SourceUnavailable, UnknownCertificate, or Invalid for a configuration that no server
        can satisfy. After an error the source is closed.
        """
        try:
            with _translated(self._plan):
                self._client = await self._open()
                faults = await self._subscribe(self._client)
                await asyncio.wait_for(self._flowing.wait(), ANSWER_WITHIN_S + self._silence_s)
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
            with _translated(self._plan):
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
        with suppress(SourceUnavailable), _translated(self._plan):
            await asyncio.wait_for(client.disconnect(), CLOSE_WITHIN_S)
        client.disconnect_socket()

    async def _open(self) -> Client:
        client = self._new_client()
        if self._plan.security_mode != "None":
            await self._secure(client)
        if self._plan.username:
            client.set_user(self._plan.username)
            client.set_password(self._plan.password)
        client.connection_lost_callback = self._on_lost
        await client.connect()
        return client

    def _new_client(self) -> Client:
        client = Client(
            _with_port(self._plan.endpoint_url),
            timeout=ANSWER_WITHIN_S,
            watchdog_intervall=ANSWER_WITHIN_S,
        )
        client.application_uri = APPLICATION_URI
        client.name = client.description = "AMIS collector"
        client.session_timeout = SESSION_MS
        return client

    async def _secure(self, client: Client) -> None:
        """Sign or encrypt, but only towards the certificate that somebody approved."""
        policy = POLICIES.get(self._plan.security_policy.rsplit("#", 1)[-1] or "Basic256Sha256")
        if policy is None:
            raise Invalid(f"Security policy {self._plan.security_policy}: use {', '.join(POLICIES)}.")
        mode = getattr(ua.MessageSecurityMode, self._plan.security_mode)
        shown = await self._shown_certificate(policy.URI, mode)
        pinned = self._plan.server_certificate
        if pinned is None or certificate_der(pinned) != shown:
            raise UnknownCertificate(
                "The server's certificate is not approved yet." if pinned is None
                else "The server shows another certificate than the approved one.",
                certificate=shown,
            )
        own = await asyncio.to_thread(identity_in, self._pki)
        await client.set_security(
            policy,
            CertProperties(own.certificate, "der"),
            CertProperties(own.key, "der"),
            server_certificate=CertProperties(shown, "der"),
            mode=mode,
        )

    async def _shown_certificate(self, policy_uri: str, mode: ua.MessageSecurityMode) -> bytes:
        """The certificate of the endpoint with this policy and mode, asked without security."""
        endpoints = await self._new_client().connect_and_get_server_endpoints()
        for endpoint in endpoints:
            same = (endpoint.SecurityPolicyUri, endpoint.SecurityMode) == (policy_uri, mode)
            if same and endpoint.ServerCertificate:
                chain = endpoint.ServerCertificate
                return bytes(chain[: int.from_bytes(chain[2:4], "big") + 4])
        offered = {f"{e.SecurityPolicyUri.rsplit('#', 1)[-1]} {e.SecurityMode.name}" for e in endpoints}
        raise SourceUnavailable(
            f"The server offers no endpoint {policy_uri.rsplit('#', 1)[-1]} {mode.name}; "
            f"it offers {', '.join(sorted(offered)) or 'none'}."
        )

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
        except ua.uaerrors.BadTooManyOperations:
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
            ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=handle,
                SamplingInterval=float(sampling_ms),
                QueueSize=max(signal.queue_size, 1),
                DiscardOldest=True,
            ),
        )

    async def _publish_more(self, client: Client) -> None:
        """One more outstanding PublishRequest; ends with the session or when the server has enough."""
        acknowledged: list[ua.SubscriptionAcknowledgement] = []
        with suppress(ua.UaError, OSError, TimeoutError):
            while not self._lost.is_set():
                answer = (await client.uaclient.publish(acknowledged)).Parameters
                self._on_publish(answer)
                message = answer.NotificationMessage
                acknowledged = [
                    ua.SubscriptionAcknowledgement(answer.SubscriptionId, message.SequenceNumber)
                ] if message.NotificationData else []

    def _on_publish(self, answer: ua.PublishResult) -> None:
        """Readings out of a publish answer. The library swallows what is raised here, so we keep it."""
        try:
            self._take(answer)
        except (AttributeError, TypeError, ValueError) as error:
            self._fail(f"The server sent something unreadable: {error!r}.")

    def _take(self, answer: ua.PublishResult) -> None:
        now = datetime.now(UTC)
        self._published_at = self.heard_at = now
        for notification in answer.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification):
                items = notification.MonitoredItems
                self._deliver([self._reading(i, now) for i in items if i.ClientHandle in self._handles])
            elif isinstance(notification, ua.StatusChangeNotification):
                if not notification.Status.is_good():
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
        self._fail(_said(self._plan, error))

    def _fail(self, why: str) -> None:
        self._why = self._why or why
        self._lost.set()


@contextmanager
def _translated(plan: ConnectionPlan) -> Iterator[None]:
    try:
        yield
    except (ua.UaError, OSError, TimeoutError, ValueError, struct.error, InvalidSignature) as error:
        raise SourceUnavailable(_said(plan, error)) from error


def _said(plan: ConnectionPlan, error: BaseException) -> str:
    """The error as a sentence for the settings page."""
    where = urlsplit(plan.endpoint_url).netloc.rsplit("@", 1)[-1] or plan.endpoint_url
    if isinstance(error, ua.UaStatusCodeError):
        name = type(error).__name__
        return f"{HINTS.get(name, 'The server answered')} ({name})"
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody answers at {where}."
    if isinstance(error, TimeoutError):
        return f"{where} did not answer within {ANSWER_WITHIN_S:.0f} s."
    if isinstance(error, OSError):
        return f"The connection to {where} broke: {error}".rstrip(": ") + "."
    return f"{where}: {error}" if str(error) else f"{where}: {type(error).__name__}."


def _with_port(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "opc.tcp" or not parts.hostname:
        raise Invalid(f"{url!r} is not an OPC UA address such as opc.tcp://192.0.2.7:4840/path.")
    if parts.port is not None:
        return url
    return parts._replace(netloc=f"{parts.netloc}:{DEFAULT_PORT}").geturl()


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
