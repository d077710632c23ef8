"""Process values of earlier times from a file, as samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from production.live import bump_data_version
from production.models import Signal
from production.selectors.calendar import plant_timezone
from production.services.past.outcome import Outcome
from production.services.past.production import NUMBER
from production.services.past.stoppages import A_TIME
from production.services.past.table import Table, TableRow
from production.services.past.times import instant_of
from production.services.samples import SampleBatch, correct_samples
from production.shopfloor.record import us

COLUMNS = ("machine_id", "signal", "time", "value")
Known = Mapping[tuple[str, str], Signal]
"""The plant's signals by lower-case machine_id and name."""


@dataclass(slots=True)
class _Values:
    """One value a signal and instant, and the row that told it."""

    found: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)

    def batch(self) -> SampleBatch:
        keys = np.array(sorted(self.found), dtype=np.int64).reshape(-1, 2)
        values = [self.found[key][0] for key in sorted(self.found)]
        return SampleBatch(
            signal_ids=keys[:, 0],
            times_us=keys[:, 1],
            values=np.array(values, dtype=np.float64),
            status_codes=np.zeros(len(values), dtype=np.int64),
            texts={},
        )


def import_series(*, path: Path, now: datetime | None = None) -> Outcome:
    """Store the file's values as good samples; one that is there with another value is corrected.

    Values of months for which nobody made a partition lie in the default one. Raises Invalid with
    every fault; then nothing is written.
    """
    table = Table(path, COLUMNS)
    values = _read(table, now or timezone.now())
    table.faults.raise_any()
    with transaction.atomic():
        stored = correct_samples(batch=values.batch())
        outcome = Outcome(*stored, remarks=table.remarks)
        if outcome.changed:
            schema = connection.schema_name
            transaction.on_commit(lambda: bump_data_version(schema))
    return outcome


def _read(table: Table, now: datetime) -> _Values:
    signals = Signal.objects.select_related("machine")
    known = {(one.machine.machine_id.lower(), one.name): one for one in signals}
    machines = {machine_id for machine_id, _ in known}
    zone, values = ZoneInfo(plant_timezone()), _Values()
    for row in table:
        signal = _signal(table, row, known, machines)
        at = _time(table, row, zone, now)
        value = _value(table, row)
        if signal is None or at is None or value is None:
            continue
        before = values.found.setdefault((signal.pk, us(at)), (value, row.number))
        if before[0] != value:
            table.faults.add(row, "value", f"row {before[1]} gives another one for this time")
    return values


def _signal(table: Table, row: TableRow, known: Known, machines: set[str]) -> Signal | None:
    machine_id, name, *_ = row.cells
    signal = known.get((machine_id.lower(), name))
    if signal is not None and signal.role == Signal.Role.PROCESS:
        return signal
    if not machine_id or not name:
        table.faults.add(row, "signal" if machine_id else "machine_id", "is missing")
    elif signal is not None:
        table.faults.add(row, "signal", f"{name} is a {signal.role} signal, no process signal")
    elif machine_id.lower() not in machines:
        table.faults.add(row, "machine_id", f"there is no machine {machine_id[:64]!r} with signals")
    else:
        table.faults.add(row, "signal", f"{machine_id} has no signal {name[:100]!r}")
    return None


def _time(table: Table, row: TableRow, zone: ZoneInfo, now: datetime) -> datetime | None:
    at = instant_of(row.cells[2], zone)
    if at is None:
        table.faults.add(row, "time", A_TIME)
    elif at > now:
        table.faults.add(row, "time", "lies in the future")
        return None
    return at


def _value(table: Table, row: TableRow) -> float | None:
    text = row.cells[3]
    if not text:
        table.faults.add(row, "value", "is missing")
        return None
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        table.faults.add(row, "value", f"{text[:64]!r} is not a number")
        return None
    return value
