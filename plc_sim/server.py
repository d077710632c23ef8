"""The plant as an OPC UA server: flat PackML-style nodes, methods, history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Node, Server, ua, uamethod

from plc_sim.access import APPLICATION_URI, Account, secure
from plc_sim.dump import Samples
from plc_sim.history import Column, MemoryHistory
from plc_sim.kinds import (
    BLOCKED,
    DEFECTIVE,
    MODE,
    NODE_NAMES,
    POWER,
    PRESSURE,
    PROCESSED,
    STARVED,
    STATE,
    TEMPERATURE,
    VIBRATION,
    kind_of,
    machine_ids,
)
from plc_sim.panel import Change
from plc_sim.timetable import moment

Operate = Callable[[str, str, str], Awaitable[None]]  # machine, what to do, which kind

_INT32 = frozenset({STATE, PROCESSED, DEFECTIVE, MODE})
_BOOLEAN = frozenset({BLOCKED, STARVED})
_UNITS = {  # UNECE code, symbol, name
    TEMPERATURE: ("CEL", "°C", "degree Celsius"),
    VIBRATION: ("C16", "mm/s", "millimetre per second"),
    PRESSURE: ("BAR", "bar", "bar"),
    POWER: ("KWT", "kW", "kilowatt"),
}
_FIELDS = len(NODE_NAMES)


class PlantServer:
    """Nodes of a plant; `write` and `remember` take changes of the model."""

    def __init__(self, *, url: str, machines: int, plant: str, account: Account | None) -> None:
        self.url, self._plant, self._account = url, plant, account
        self._ids = machine_ids(machines)
        self._server = Server(user_manager=account)
        self._history = MemoryHistory(len(self._ids) * _FIELDS)
        self._node_ids: list[ua.NodeId] = []
        self._columns: list[Column] = []

    async def prepare(self, *, host: str, certificates: Path, operate: Operate) -> None:
        """Build the address space; nobody can connect yet."""
        server = self._server
        await server.init()
        server.set_endpoint(self.url)
        server.set_server_name(f"AMIS PLC simulator {self._plant}".strip())
        await server.set_application_uri(APPLICATION_URI)
        await secure(server, host=host, directory=certificates, account=self._account)
        server.iserver.history_manager.set_storage(self._history)
        namespace = await server.register_namespace(APPLICATION_URI)
        for index, machine_id in enumerate(self._ids):
            await self._add_machine(namespace, index, machine_id, operate)

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Close every connection."""
        await self._server.stop()

    @property
    def history_limit(self) -> int:
        """How many values of a node are kept."""
        return self._history.limit

    def remember(self, samples: Samples) -> None:
        """Put values into the history only."""
        order = np.argsort(samples.node, kind="stable")
        nodes, starts = np.unique(samples.node[order], return_index=True)
        times = np.split(samples.time[order], starts[1:])
        values = np.split(samples.value[order], starts[1:])
        for node, when, what in zip(nodes.tolist(), times, values, strict=False):
            self._columns[node].extend(when, what)

    async def write(self, change: Change) -> None:
        """Show a value with the exact time at which it arose, and remember it."""
        t, machine, field, value = change
        place = machine * _FIELDS + field
        self._columns[place].append(t, value)
        await self.show(change)

    async def show(self, change: Change) -> None:
        """Show a value that the history has already."""
        t, machine, field, value = change
        node = self._node_ids[machine * _FIELDS + field]
        await self._server.write_attribute_value(node, _data_value(field, t, value))

    async def _add_machine(
        self, namespace: int, index: int, machine_id: str, operate: Operate
    ) -> None:
        objects = self._server.get_objects_node()
        node_id = ua.NodeId(machine_id, namespace)
        machine = await objects.add_object(node_id, ua.QualifiedName(machine_id, namespace))
        name = ua.DataValue(ua.Variant(ua.LocalizedText(f"{machine_id} {kind_of(index).name}")))
        await machine.write_attribute(ua.AttributeIds.DisplayName, name)
        for field in range(_FIELDS):
            await self._add_variable(machine, namespace, f"{machine_id}.{NODE_NAMES[field]}", field)
        await _add_methods(machine, namespace, machine_id, operate)

    async def _add_variable(self, machine: Node, namespace: int, name: str, field: int) -> None:
        node_id = ua.NodeId(name, namespace)
        browse_name = ua.QualifiedName(NODE_NAMES[field], namespace)
        start = _variant(field, 0.0)
        node = await machine.add_variable(node_id, browse_name, start.Value, start.VariantType)
        for level in (ua.AttributeIds.AccessLevel, ua.AttributeIds.UserAccessLevel):
            await node.set_attr_bit(level, ua.AccessLevel.HistoryRead)
        historizing = ua.DataValue(ua.Variant(Value=True, VariantType=ua.VariantType.Boolean))
        await node.write_attribute(ua.AttributeIds.Historizing, historizing)
        if field in _UNITS:
            await _add_unit(node, field)
        self._node_ids.append(node_id)
        self._columns.append(
            self._history.add(node_id, lambda t, value: _data_value(field, t, value))
        )


async def _add_unit(node: Node, field: int) -> None:
    code, symbol, name = _UNITS[field]
    unit = ua.EUInformation(
        NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact",
        UnitId=int.from_bytes(code.encode(), "big"),
        DisplayName=ua.LocalizedText(symbol),
        Description=ua.LocalizedText(name),
    )
    await node.add_property(ua.NodeId(), ua.QualifiedName("EngineeringUnits", 0), unit)


async def _add_methods(machine: Node, namespace: int, machine_id: str, operate: Operate) -> None:
    @uamethod
    async def inject_fault(parent: ua.NodeId, kind: str) -> Any:
        try:
            await operate(machine_id, "InjectFault", kind)
        except ValueError:
            return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
        return None

    def plain(action: str) -> Callable[..., Any]:
        @uamethod
        async def call(parent: ua.NodeId) -> None:
            await operate(machine_id, action, "")

        return call

    def at(name: str) -> tuple[ua.NodeId, ua.QualifiedName]:
        return ua.NodeId(f"{machine_id}.{name}", namespace), ua.QualifiedName(name, namespace)

    kind = ua.Argument(Name="kind", DataType=ua.NodeId(ua.ObjectIds.String), ValueRank=-1)
    await machine.add_method(*at("InjectFault"), inject_fault, [kind], [])
    for action in ("Maintain", "ResetCounters", "RollOver"):
        await machine.add_method(*at(action), plain(action), [], [])


def _variant(field: int, value: float) -> ua.Variant:
    if field in _INT32:
        return ua.Variant(int(value), ua.VariantType.Int32)
    if field in _BOOLEAN:
        return ua.Variant(bool(value), ua.VariantType.Boolean)
    return ua.Variant(float(value), ua.VariantType.Double)


def _data_value(field: int, t: int, value: float) -> ua.DataValue:
    return ua.DataValue(
        _variant(field, value), SourceTimestamp=moment(t), ServerTimestamp=datetime.now(UTC)
    )
