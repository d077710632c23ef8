"""The equipment file's meaning: every row that the plant should have, and the line it stands on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amis.errors import Invalid
from production.models import Connection, Signal
from production.services.equipment import checks
from production.services.equipment.lined import Faults, Item, read
from production.shopfloor.shifts import BreakTime, ShiftTime, WeekPattern, validate_pattern

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOP = ("shift_patterns", "connections", "areas")
PATTERN = ("name", "days", "shifts", "breaks")
CONNECTION = (
    "name",
    "endpoint_url",
    "security_mode",
    "security_policy",
    "username",
    "password",
    "password_env",
    "server_certificate",
    "publishing_interval_ms",
    "state_map",
    "simulated",
    "enabled",
)
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
)
LONGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted row: its line in the file, its natural key, its columns."""

    line: int
    key: Any
    fields: dict[str, Any]


@dataclass(slots=True)
class Equipment:
    """Rows by kind. References stand as names; a key of a signal is (machine_id, name)."""

    patterns: list[Row] = field(default_factory=list)
    connections: list[Row] = field(default_factory=list)
    areas: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    machines: list[Row] = field(default_factory=list)
    signals: list[Row] = field(default_factory=list)


def parse(
    *, text: str, folder: Path, endpoints: Mapping[str, str] | None = None
) -> tuple[Equipment, Faults]:
    """Read the file. `endpoints` replaces the endpoint_url of connections by name."""
    top, faults = read(text, known=TOP)
    equipment = Equipment()
    for item in top.items("shift_patterns", PATTERN):
        _add(equipment.patterns, _pattern(item), faults)
    for item in top.items("connections", CONNECTION):
        row = _connection(item, folder=folder, endpoints=endpoints or {})
        _add(equipment.connections, row, faults)
    for item in top.items("areas", ("name", "lines")):
        _area(item, equipment, faults)
    return equipment, faults


def _add(rows: list[Row], row: Row, faults: Faults, *, what: str = "name") -> None:
    """Keep the row, unless its key is there already whatever its case."""
    twin = next((one for one in rows if _folded(one.key) == _folded(row.key)), None)
    if twin is not None and row.key:
        shown = row.key[-1] if isinstance(row.key, tuple) else row.key
        faults.add(row.line, f"{what} {shown!r} stands on line {twin.line} already.")
    else:
        rows.append(row)


def _folded(key: Any) -> Any:
    return tuple(part.lower() for part in key) if isinstance(key, tuple) else key.lower()


def _pattern(item: Item) -> Row:
    name = item.text("name", required=True, longest=100)
    days = [word.lower()[:3] if word.lower() in _LONG_DAYS else word.lower() for word in item.texts("days")]
    for day in set(days) - set(DAYS):
        item.fault("days", f"days: {day!r} is not one of {', '.join(DAYS)}.")
    if not item.has("days"):
        item.fault("days", "days is missing.")
    shifts = [
        {
            "name": one.text("name", required=True, longest=100),
            "start": one.text("start", required=True),
            "end": one.text("end", required=True),
        }
        for one in item.items("shifts", ("name", "start", "end"))
    ]
    breaks = [
        {"start": one.text("start", required=True), "end": one.text("end", required=True)}
        for one in item.items("breaks", ("start", "end"))
    ]
    if not shifts:
        item.fault("shifts", "shifts: a pattern needs at least one.")
    ordered = [day for day in DAYS if day in days]
    try:
        check_pattern(days=ordered, shifts=shifts, breaks=breaks)
    except Invalid as error:
        item.fault("shifts", error.message)
    return Row(
        item.line, name, {"name": name, "days": ordered, "shifts": shifts, "breaks": breaks}
    )


_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def check_pattern(
    *, days: list[str], shifts: list[dict[str, str]], breaks: list[dict[str, str]]
) -> None:
    """Raise Invalid unless a calendar can be made of these stored forms."""
    if set(days) - set(DAYS):
        raise Invalid(f"days: choose from {', '.join(DAYS)}.")
    validate_pattern(
        WeekPattern(
            days=frozenset(DAYS.index(day) for day in days),
            shifts=tuple(ShiftTime(s["name"], s["start"], s["end"]) for s in shifts),
            breaks=tuple(BreakTime(b["start"], b["end"]) for b in breaks),
        )
    )


def _connection(item: Item, *, folder: Path, endpoints: Mapping[str, str]) -> Row:
    name = item.text("name", required=True, longest=100)
    fields: dict[str, Any] = {
        "name": name,
        "endpoint_url": _endpoint(item, endpoints.get(name)),
        "username": item.text("username"),
        "publishing_interval_ms": item.whole(
            "publishing_interval_ms", default=500, lowest=10, highest=3_600_000
        ),
        "state_map": _state_map(item),
        "simulated": item.flag("simulated", default=False),
        **_security(item),
        **_password(item),
    }
    # What a person may have set on the pages stays unless the file says otherwise.
    if item.has("enabled"):
        fields["enabled"] = item.flag("enabled", default=True)
    if item.has("server_certificate"):
        fields["server_certificate"] = _certificate(item, folder)
    return Row(item.line, name, fields)


def _endpoint(item: Item, override: str | None) -> str:
    url = item.text("endpoint_url", required=True, longest=checks.MAX_URL_BYTES)
    url = override or url
    try:
        if url:
            checks.check_endpoint_url(url)
    except Invalid as error:
        item.fault("endpoint_url", error.message)
    return url


def _security(item: Item) -> dict[str, str]:
    mode = item.choice("security_mode", Connection.SecurityMode.values, default="None")
    policy = item.choice("security_policy", ("None", *checks.SECURITY_POLICIES), default="None")
    if mode == "None" and policy != "None":
        item.fault("security_policy", f"security_policy {policy} needs Sign or SignAndEncrypt.")
    elif mode != "None" and policy == "None":
        if item.text("security_policy"):
            item.fault("security_policy", f"security_mode {mode} needs a security_policy.")
        policy = checks.SECURITY_POLICIES[0]
    return {"security_mode": mode, "security_policy": "" if policy == "None" else policy}


def _password(item: Item) -> dict[str, str]:
    """One of the two, and the other one emptied; neither: what is stored stays."""
    if not (item.has("password") or item.has("password_env")):
        return {}
    password, env = item.text("password", longest=500), item.text("password_env")
    if password and env:
        item.fault("password_env", "password and password_env exclude each other.")
    if env and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", env):
        item.fault("password_env", f"password_env: {env!r} names no environment variable.")
    if (password or env) and not item.has("username"):
        item.fault("password", "a password needs a username.")
    return {"password": password, "password_env": env}


def _certificate(item: Item, folder: Path) -> bytes | None:
    name = item.text("server_certificate", longest=4096)
    if not name:
        return None
    try:
        return checks.read_certificate((folder / name).read_bytes())
    except OSError as error:
        item.fault("server_certificate", f"server_certificate {name}: {error.strerror}.")
    except Invalid as error:
        item.fault("server_certificate", f"server_certificate {name}: {error.message}")
    return None


def _state_map(item: Item) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for line, code, state in item.pairs("state_map"):
        try:
            pair = checks.check_state_map({code: state})
        except Invalid as error:
            item.note(line, error.message)
            continue
        if pair.keys() & mapping.keys():
            item.note(line, f"state_map: the code {code} is there twice.")
        mapping |= pair
    return mapping


def _area(item: Item, equipment: Equipment, faults: Faults) -> None:
    area = item.text("name", required=True)
    _add(equipment.areas, Row(item.line, area, {"name": area}), faults)
    for one in item.items("lines", ("name", "machines")):
        name = one.text("name", required=True)
        line = Row(one.line, (area, name), {"area": area, "name": name})
        _add(equipment.lines, line, faults)
        for position, machine in enumerate(one.items("machines", MACHINE)):
            fields = _machine(machine) | {"line": (area, name), "position": position}
            row = Row(machine.line_of("machine_id"), fields["machine_id"], fields)
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
    capacity, ideal = cycle["capacity"], cycle["ideal_cycle_s"]
    if capacity and ideal and not checks.same_cycle(capacity=capacity, ideal_cycle_s=ideal):
        item.fault(
            "ideal_cycle_s",
            f"ideal_cycle_s {ideal:g} does not agree with capacity {capacity:g}, which is"
            f" {checks.SHIFT_S / capacity:g} s a piece; give one of them.",
        )
    return cycle


def _signals(
    machine: Item, owner: dict[str, Any], equipment: Equipment, faults: Faults
) -> None:
    roles: dict[str, int] = {}
    names: list[Row] = []
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
    return {
        "name": item.text("name", required=True, longest=100),
        "role": item.choice("role", Signal.Role.values, default=Signal.Role.PROCESS.value),
        "node": _node(item, required=has_connection),
        "unit": item.text("unit", longest=30),
        "sampling_ms": item.whole("sampling_ms", default=0, lowest=0, highest=LONGEST),
        "queue_size": item.whole("queue_size", default=100, lowest=1, highest=100_000),
        "counter_bits": item.whole("counter_bits", default=32, lowest=8, highest=64),
        "min_value": low,
        "max_value": high,
    }


def _node(item: Item, *, required: bool) -> str:
    node = item.text("node", required=required, longest=1000)
    try:
        if node:
            checks.check_node(node)
    except Invalid as error:
        item.fault("node", error.message)
    return node
