"""What one connection's task needs to know, as plain values that cross threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from production.models import Connection, Signal
from production.shopfloor.packml import STATES

COUNTER_ROLES = frozenset({"produced", "defective", "rework"})
DERIVED_ROLES = COUNTER_ROLES | {"state", "mode", "blocked", "starved"}
"""Roles whose samples change states, stops or shift records."""


@dataclass(frozen=True, slots=True)
class SignalPlan:
    pk: int
    machine_pk: int
    machine_id: str
    name: str
    role: str
    node: str
    unit: str
    sampling_ms: int
    queue_size: int
    min_value: float | None
    max_value: float | None
    status_text: str


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """One connection as it was configured at `revision`."""

    pk: int
    revision: int
    name: str
    endpoint_url: str
    security_mode: str
    security_policy: str
    username: str
    password: str = field(repr=False)
    password_env: str
    server_certificate: bytes | None
    publishing_interval_ms: int
    state_names: dict[int, str]
    last_seen_at: datetime | None
    signals: tuple[SignalPlan, ...]
    machines: tuple[tuple[int, str, str], ...]
    """(pk, machine_id, machine_name) of every active machine."""


def load_plan(*, connection_pk: int) -> ConnectionPlan:
    """Read a connection with its active machines' signals from the current plant's schema."""
    row = Connection.objects.get(pk=connection_pk)
    machines = row.machines.filter(active=True).order_by("machine_id")
    signals = Signal.objects.filter(machine__in=machines).select_related("machine")
    return ConnectionPlan(
        pk=row.pk,
        revision=row.revision,
        name=row.name,
        endpoint_url=row.endpoint_url,
        security_mode=row.security_mode,
        security_policy=row.security_policy,
        username=row.username,
        password=row.password or _secret(row.password_env),
        password_env=row.password_env,
        server_certificate=bytes(row.server_certificate) if row.server_certificate else None,
        publishing_interval_ms=max(row.publishing_interval_ms, 10),
        state_names=_state_names(row.state_map),
        last_seen_at=row.last_seen_at,
        signals=tuple(_signal(signal) for signal in signals),
        machines=tuple((m.pk, m.machine_id, m.machine_name) for m in machines),
    )


def _signal(row: Signal) -> SignalPlan:
    return SignalPlan(
        pk=row.pk,
        machine_pk=row.machine_id,
        machine_id=row.machine.machine_id,
        name=row.name,
        role=row.role,
        node=row.node,
        unit=row.unit,
        sampling_ms=row.sampling_ms,
        queue_size=row.queue_size,
        min_value=row.min_value,
        max_value=row.max_value,
        status_text=row.status_text,
    )


def _state_names(state_map: dict[str, str]) -> dict[int, str]:
    """The vendor's codes; PackML's own numbers where the connection names none."""
    return {int(code): name for code, name in state_map.items()} if state_map else STATES


def _secret(name: str) -> str:
    """A password that the installation keeps under a name; empty where it has none."""
    return str(settings.NAMED_SECRET(name)) if name else ""
