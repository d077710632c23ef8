"""What one subscription watches: in chunks that the server takes, and anew where an item died."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import BadTooManyOperations, UaError

from amis.errors import Invalid
from production.ingest.nodes import node_id
from production.ingest.plan import SignalPlan

ITEMS_A_CALL = 500
CACHED_MS = 60_000
LIMIT = ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall
UNKNOWN = StatusCodes.BadNodeIdUnknown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NodeFault:
    """A signal that the server does not offer, and why."""

    signal: SignalPlan
    reason: str


@dataclass(slots=True)
class Item:
    """A signal that is watched. `differed` is what it had told when the node last showed else."""

    signal: SignalPlan
    node: ua.NodeId
    handle: int
    item_id: int = 0
    differed: ua.DataValue | None = None


class MonitoredItems:
    """`signal_of` maps the client handles of a subscription to signals."""

    def __init__(self, *, client: Client, subscription_id: int, interval_ms: float) -> None:
        self._client, self._subscription_id = client, subscription_id
        self._interval_ms = interval_ms
        self._a_call = ITEMS_A_CALL
        self._handles = 0
        self._watched: list[Item] = []
        self.signal_of: dict[int, int] = {}

    async def ask_limit(self) -> None:
        """How many items the server takes in a call; one that does not say is tried with ours."""
        with suppress(UaError):
            limit = await self._client.get_node(ua.NodeId(ua.Int32(LIMIT))).read_value()
            if isinstance(limit, int) and limit > 0:
                self._a_call = min(limit, ITEMS_A_CALL)

    async def add(self, signals: Sequence[SignalPlan]) -> list[NodeFault]:
        """Watch these signals too; returns those that are not to be had now."""
        faults: list[NodeFault] = []
        found: list[Item] = []
        namespaces = await self._client.get_namespace_array()
        for signal in signals:
            try:
                node = node_id(signal.node, namespaces)
            except Invalid as error:
                faults.append(NodeFault(signal, error.message))
                continue
            self._handles += 1
            found.append(Item(signal, node, self._handles))
            self.signal_of[self._handles] = signal.pk
        results = await self._in_chunks(found, self._create)
        for item, result in zip(found, results, strict=True):
            if result.StatusCode.is_good():
                item.item_id = result.MonitoredItemId
                self._watched.append(item)
            else:
                faults.append(NodeFault(item.signal, result.StatusCode.name))
        return faults

    async def drop_dead(self, told: Mapping[int, ua.DataValue], *, every_s: float) -> list[int]:
        """Stop watching nodes that are gone, or were made anew so that nobody tells their values.

        Servers are to say so by themselves, but not all do. `told` holds each signal's newest
        value; a node that shows another one at two looks, while nothing was told between them, is
        dead. Returns the signals' keys.
        """
        shown = await self._in_chunks(self._watched, self._read)
        dead = []
        for item, value in zip(self._watched, shown, strict=True):
            newest = told.get(item.signal.pk)
            slow = 3 * item.signal.sampling_ms > every_s * 1000
            differs = newest is not None and not slow and _face(newest) != _face(value)
            is_unknown = value.StatusCode is not None and value.StatusCode.value == UNKNOWN
            if is_unknown or (differs and item.differed is newest):
                dead.append(item)
            item.differed = newest if differs else None
        if dead:
            ids = [item.item_id for item in dead]
            with suppress(UaError):
                await self._client.uaclient.delete_monitored_items(
                    ua.DeleteMonitoredItemsParameters(self._subscription_id, ids)
                )
            self._watched = [item for item in self._watched if item not in dead]
        return [item.signal.pk for item in dead]

    async def _in_chunks(
        self, items: Sequence[Item], work: Callable[[Sequence[Item]], Awaitable[Sequence[T]]]
    ) -> list[T]:
        """The results of all calls; a server that takes fewer at a time gets halves."""
        results: list[T] = []
        while len(results) < len(items):
            chunk = items[len(results) : len(results) + self._a_call]
            try:
                results += await work(chunk)
            except BadTooManyOperations:
                if len(chunk) == 1:
                    raise
                self._a_call = len(chunk) // 2
        return results

    async def _create(self, items: Sequence[Item]) -> Sequence[Any]:
        requests = [
            ua.MonitoredItemCreateRequest(
                ItemToMonitor=ua.ReadValueId(NodeId=item.node, AttributeId=AttributeIds.Value),
                MonitoringMode=ua.MonitoringMode.Reporting,
                RequestedParameters=ua.MonitoringParameters(
                    ClientHandle=item.handle,
                    SamplingInterval=float(item.signal.sampling_ms or self._interval_ms),
                    QueueSize=max(item.signal.queue_size, 1),
                    DiscardOldest=True,
                ),
            )
            for item in items
        ]
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=self._subscription_id,
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=requests,
        )
        made: list[Any] = await self._client.uaclient.create_monitored_items(parameters)
        return made

    async def _read(self, items: Sequence[Item]) -> Sequence[ua.DataValue]:
        parameters = ua.ReadParameters(
            MaxAge=CACHED_MS,
            NodesToRead=[
                ua.ReadValueId(NodeId=item.node, AttributeId=AttributeIds.Value) for item in items
            ],
        )
        return await self._client.uaclient.read(parameters)


def _face(value: ua.DataValue) -> tuple[str, int]:
    """Value and status as one can compare them: NaN is NaN, an overflow bit is no status."""
    status = value.StatusCode.value & 0xFFFF0000 if value.StatusCode is not None else 0
    return repr(value.Value.Value if value.Value is not None else None), status
