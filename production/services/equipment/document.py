"""The equipment file's meaning: every row that the plant should have, and the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amis.errors import Invalid
from production.models import Signal
from production.services.equipment import checks
from production.services.equipment.connections import CONNECTION, connection_row
from production.services.equipment.lined import Faults, Item, read
from production.services.equipment.patterns import PATTERN, pattern_row
from production.services.equipment.rows import Equipment, Row, Rows

TOP = ("shift_patterns", "connections", "areas")
MACHINE = (
    "machine_id",
    "machine_name",
    "machine_type",
    "capacity",
    "ideal_cycle_s",
    "shift_pattern",
    "connection",
    "minor_stop_s",
    "active",
    "metadata",
    "signals",
)
SIGNAL = (
    "name",
    "role",
    "node",
    "unit",
    "sampling_ms",
    "queue_size",
    "counter_bits",
    "min",
    "max",
    "forecast",
)
LONGEST = 2**31 - 1


def parse(
    *, text: str, folder: Path, endpoints: Mapping[str, str] | None = None
) -> tuple[Equipment, Faults]:
    """Read the file. `endpoints` replaces the endpoint_url of connections by name."""
    top, faults = read(text, known=TOP)
    equipment = Equipment()
    for item in top.items("shift_patterns", PATTERN):
        _add(equipment.patterns, pattern_row(item), faults)
    for item in top.items("connections", CONNECTION):
        row = connection_row(item, folder=folder, endpoints=endpoints or {})
        _add(equipment.connections, row, faults)
    for item in top.items("areas", ("name", "lines")):
        _area(item, equipment, faults)
    return equipment, faults


def _add(rows: Rows, row: Row, faults: Faults, *, what: str = "name") -> None:
    """Keep the row, unless its key is there already whatever its case."""
    twin = rows.twin_of(row)
    if twin is not None and row.key:
        shown = row.key[-1] if isinstance(row.key, tuple) else row.key
        faults.add(row.line, f"{what} {shown!r} stands on line {twin.line} already.")
    else:
        rows.append(row)


def _area(item: Item, equipment: Equipment, faults: Faults) -> None:
    area = item.text("name", required=True)
    _add(equipment.areas, Row(item.line, area, {"name": area}), faults)
    for one in item.items("lines", ("name", "machines")):
        name = one.text("name", required=True)
        line = Row(one.line, (area, name), {"area": area, "name": name})
        _add(equipment.lines, line, faults)
        for position, machine in enumerate(one.items("machines", MACHINE)):
            fields = _machine(machine) | {"line": (area, name), "position": position}
            lines = {what: machine.line_of(what) for what in ("shift_pattern", "connection")}
            row = Row(machine.line_of("machine_id"), fields["machine_id"], fields, lines)
            _add(equipment.machines, row, faults, what="machine_id")
            _signals(machine, fields, equipment, faults)


def _machine(item: Item) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "machine_id": item.text("machine_id", required=True, longest=64),
        "machine_name": item.text("machine_name", required=True),
        "machine_type": item.text("machine_type"),
        "shift_pattern": item.text("shift_pattern", longest=100),
        "connection": item.text("connection", longest=100),
        **_cycle(item),
    }
    try:
        checks.check_machine_id(fields["machine_id"])
    except Invalid as error:
        item.fault("machine_id", error.message)
    if item.has("minor_stop_s"):
        seconds = item.number("minor_stop_s")
        if seconds is not None and seconds < 0:
            item.fault("minor_stop_s", "minor_stop_s is negative.")
        fields["minor_stop_s"] = 120.0 if seconds is None else seconds
    if item.has("active"):
        fields["active"] = item.flag("active", default=True)
    if item.has("metadata"):
        fields["metadata"] = item.json_object("metadata")
    return fields


def _cycle(item: Item) -> dict[str, float | None]:
    cycle = {key: item.number(key) for key in ("capacity", "ideal_cycle_s")}
    for key, value in cycle.items():
        if value is not None and value <= 0:
            item.fault(key, f"{key} must be more than 0.")
            return cycle
        if value is not None and not 1e-6 <= value <= 1e9:
            item.fault(key, f"{key}: {value:g} is not between 0.000001 and 1000000000.")
            return cycle
    capacity, ideal = cycle["capacity"], cycle["ideal_cycle_s"]
    if capacity and ideal and not checks.same_cycle(capacity=capacity, ideal_cycle_s=ideal):
        item.fault(
            "ideal_cycle_s",
            f"ideal_cycle_s {ideal:g} does not agree with capacity {capacity:g}, which is"
            f" {checks.SHIFT_S / capacity:g} s a piece; give one of them.",
        )
    return cycle


def _signals(machine: Item, owner: dict[str, Any], equipment: Equipment, faults: Faults) -> None:
    roles: dict[str, int] = {}
    names = Rows()
    for item in machine.items("signals", SIGNAL):
        fields = _signal(item, has_connection=bool(owner["connection"]))
        role = fields["role"]
        if role != Signal.Role.PROCESS and roles.setdefault(role, item.line) != item.line:
            item.fault("role", f"role {role} is given on line {roles[role]} already.")
        row = Row(item.line, (owner["machine_id"], fields["name"]), fields)
        _add(names, row, faults)
    equipment.signals.extend(names)


def _signal(item: Item, *, has_connection: bool) -> dict[str, Any]:
    low, high = item.number("min"), item.number("max")
    if low is not None and high is not None and low >= high:
        item.fault("max", f"max {high:g} must be more than min {low:g}.")
    role = item.choice("role", Signal.Role.values, default=Signal.Role.PROCESS.value)
    return {
        "name": item.text("name", required=True, longest=100),
        "role": role,
        "node": _node(item, required=has_connection),
        "unit": item.text("unit", longest=30),
        "sampling_ms": item.whole("sampling_ms", default=0, lowest=0, highest=LONGEST),
        "queue_size": item.whole("queue_size", default=100, lowest=1, highest=100_000),
        "counter_bits": item.whole("counter_bits", default=32, lowest=8, highest=64),
        "min_value": low,
        "max_value": high,
        "forecast": _forecast(item, role),
    }


def _forecast(item: Item, role: str) -> str:
    if not item.text("forecast"):
        return Signal.Forecast.NONE.value
    choices = [value for value in Signal.Forecast.values if value]
    if role != Signal.Role.PROCESS:
        item.fault("forecast", f"forecast: a {role} signal has none; only process signals have.")
    return item.choice("forecast", choices, default=Signal.Forecast.NONE.value)


def _node(item: Item, *, required: bool) -> str:
    node = item.text("node", required=required, longest=1000)
    try:
        if node:
            checks.check_node(node)
    except Invalid as error:
        item.fault("node", error.message)
    return node
