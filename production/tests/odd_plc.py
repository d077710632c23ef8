"""An OPC UA server in the test's own process: a test changes its nodes and manners as it likes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole

from amis.stack.ports import free_port
from production.models import Connection, Machine, Signal

URI = "urn:example:odd"
NOW = datetime.max.replace(tzinfo=UTC)
ITEMS_LIMIT = ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall


class OddPlc:
    """`port` outlives a stop, so that the server can return where it was."""

    def __init__(self, *, password: str = "") -> None:
        self.port = free_port()
        self.largest_call = 0
        self._items_a_call = 1_000_000
        self._password = password
        self._server: Server | None = None
        self._index = 0

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/odd"

    async def start(
        self, *, namespaces_before: int = 0, said_host: str = "127.0.0.1", slowest_ms: float = 0
    ) -> None:
        """Listen. The more namespaces come before ours, the higher its index; `said_host` is what
        GetEndpoints answers; no subscription is published more often than `slowest_ms`.
        """
        server = self._server = Server(user_manager=self if self._password else None)
        await server.init()
        server.set_endpoint(f"opc.tcp://{said_host}:{self.port}/odd")
        server.socket_address = ("127.0.0.1", self.port)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        if self._password:
            server.set_identity_tokens([ua.UserNameIdentityToken])
        for number in range(namespaces_before):
            await server.register_namespace(f"urn:example:before:{number}")
        self._index = await server.register_namespace(URI)
        self._have_manners(server, slowest_ms)
        await server.start()

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def add(self, name: str, value: Any, kind: ua.VariantType) -> None:
        await self._running.nodes.objects.add_variable(self._id(name), name, value, kind)

    async def delete(self, name: str) -> None:
        await self._running.delete_nodes([self._running.get_node(self._id(name))])

    async def write(
        self,
        name: str,
        value: Any,
        kind: ua.VariantType | None,
        *,
        status: int = 0,
        source: datetime | None = NOW,
    ) -> None:
        """Show a value just as it is given; without a kind there is no value at all."""
        shown = ua.DataValue(
            None if kind is None else ua.Variant(value, kind),
            ua.StatusCode(status),
            SourceTimestamp=datetime.now(UTC) if source is NOW else source,
        )
        await self._running.write_attribute_value(self._id(name), shown)

    async def limit_calls(self, items: int, *, announced: bool) -> None:
        """Refuse calls with more items than that, with or without saying so beforehand."""
        self._items_a_call = items
        if announced:
            limit = ua.DataValue(ua.Variant(items, ua.VariantType.UInt32))
            await self._running.write_attribute_value(ua.NodeId(ITEMS_LIMIT), limit)

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        """asyncua's question: who is that?"""
        word = password.decode() if isinstance(password, bytes) else password
        return User(role=UserRole.User) if word == self._password else None

    def _have_manners(self, server: Server, slowest_ms: float) -> None:
        service = server.iserver.subscription_service
        make_items, make_subscription = service.create_monitored_items, service.create_subscription

        async def limited(params: ua.CreateMonitoredItemsParameters) -> Sequence[Any]:
            self.largest_call = max(self.largest_call, len(params.ItemsToCreate))
            if len(params.ItemsToCreate) > self._items_a_call:
                raise ServiceError(ua.StatusCodes.BadTooManyOperations)
            return await make_items(params)

        async def revised(params: ua.CreateSubscriptionParameters, *rest: Any, **more: Any) -> Any:
            params.RequestedPublishingInterval = max(params.RequestedPublishingInterval, slowest_ms)
            return await make_subscription(params, *rest, **more)

        service.create_monitored_items, service.create_subscription = limited, revised

    @property
    def _running(self) -> Server:
        assert self._server is not None
        return self._server

    def _id(self, name: str) -> ua.NodeId:
        return ua.NodeId(name, self._index)


def plant_of(url: str, signals: dict[str, str], **fields: Any) -> int:
    """A connection and its machine in the current plant; `signals` are nodes with their roles."""
    plain = {"name": "odd", "publishing_interval_ms": 100, "state_map": {"10": "Execute"}}
    plc = Connection.objects.create(endpoint_url=url, **plain | fields)
    machine = Machine.objects.create(
        machine_id=f"O-{plc.name}", machine_name="Odd", connection=plc, capacity=4800
    )
    Signal.objects.bulk_create(
        Signal(machine=machine, name=name, role=role, node=f"nsu={URI};s={name}", counter_bits=16)
        for name, role in signals.items()
    )
    return plc.pk
