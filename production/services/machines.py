"""A machine that a person or another system registers, without a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction

from amis.errors import Conflict, Invalid
from production.live import bump_data_version
from production.models import Machine, ShiftPattern
from production.services.equipment.checks import odd_character
from production.services.plants import PATTERN

TEXTS = {"machine_id": 64, "machine_name": 200, "machine_type": 200}
"""Field → how many characters it may have; each has at least one."""


def register_machine(*, values: Mapping[str, Any]) -> Machine:
    """Store a machine with the plant's shifts. Raises Invalid with every fault, and Conflict when
    the id is taken, in whatever case.
    """
    fields = _checked(values)
    taken = Conflict(f"A machine {fields['machine_id']} exists already.")
    if Machine.objects.filter(machine_id__iexact=fields["machine_id"]).exists():
        raise taken
    try:
        with transaction.atomic():
            machine = Machine.objects.create(shift_pattern=_pattern(), **fields)
            schema = connection.schema_name
            transaction.on_commit(lambda: bump_data_version(schema))
    except IntegrityError as error:
        raise taken from error
    return machine


def _pattern() -> ShiftPattern | None:
    """The pattern that every plant begins with, or the one that the plant has instead."""
    patterns = ShiftPattern.objects.order_by("name")
    return patterns.filter(name=PATTERN).first() or patterns.first()


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    faults: list[tuple[str, str]] = []
    fields: dict[str, Any] = {}
    for name, longest in TEXTS.items():
        value = values.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if value is None:
            faults.append((name, "is missing"))
        elif not isinstance(value, str) or not 1 <= len(text) <= longest:
            faults.append((name, f"must have 1 to {longest} characters"))
        elif odd := odd_character(text):
            faults.append((name, f"holds the character {odd}"))
        fields[name] = text
    fields["capacity"] = _capacity(values.get("capacity"), faults)
    metadata = values.get("metadata")
    fields["metadata"] = {} if metadata is None else metadata
    if not isinstance(fields["metadata"], dict):
        faults.append(("metadata", "must be an object"))
    if faults:
        raise Invalid.fields(faults)
    return fields


def _capacity(value: Any, faults: list[tuple[str, str]]) -> float | None:
    """Pieces per 8 h shift at ideal speed."""
    if value is None:
        faults.append(("capacity", "is missing"))
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        faults.append(("capacity", "must be a number"))
    elif not (value > 0 and math.isfinite(value)):
        faults.append(("capacity", "must be above 0"))
    else:
        return float(value)
    return None
