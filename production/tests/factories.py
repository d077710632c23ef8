"""Machines, signals and samples for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from django_tenants.utils import tenant_context

from production.models import Connection, Machine, ShiftPattern, Signal
from production.services.samples import SampleBatch, record_samples
from production.shopfloor.record import us

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
THREE_SHIFTS = [
    {"name": "Day", "start": "06:00", "end": "14:00"},
    {"name": "Evening", "start": "14:00", "end": "22:00"},
    {"name": "Night", "start": "22:00", "end": "06:00"},
]
ROLES = ("state", "produced", "defective", "blocked", "starved")


def make_machine(
    machine_id: str = "M001", *, capacity: float = 480, breaks=(), **fields
) -> Machine:
    """A machine in three shifts around the clock, with a connection and a signal of each role."""
    pattern, _ = ShiftPattern.objects.get_or_create(
        name="three-shift",
        defaults={"days": DAYS, "shifts": THREE_SHIFTS, "breaks": list(breaks)},
    )
    plc, _ = Connection.objects.get_or_create(
        name="plc", defaults={"endpoint_url": "opc.tcp://127.0.0.1:4840", "simulated": True}
    )
    machine = Machine.objects.create(
        machine_id=machine_id,
        machine_name=f"Machine {machine_id}",
        machine_type="Assembly",
        capacity=capacity,
        shift_pattern=pattern,
        connection=plc,
        **fields,
    )
    for role in ROLES:
        Signal.objects.create(
            machine=machine, name=role, role=role, node=f"nsu=urn:test;s={machine_id}.{role}"
        )
    return machine


def store(machine: Machine, role: str, *rows: tuple[datetime, float], status: int = 0) -> None:
    """Store samples of the machine's signal with this role."""
    signal = machine.signals.get(role=role)
    record_samples(
        batch=SampleBatch(
            signal_ids=np.full(len(rows), signal.pk, dtype=np.int64),
            times_us=np.array([us(at) for at, _ in rows], dtype=np.int64),
            values=np.array([value for _, value in rows], dtype=float),
            status_codes=np.full(len(rows), status, dtype=np.int64),
            texts={},
        )
    )


def beside(tenant, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """`work` inside a plant, on the thread that calls this and with a connection of its own."""
    try:
        with tenant_context(tenant):
            return work(*arguments, **named)
    finally:
        connection.close()
