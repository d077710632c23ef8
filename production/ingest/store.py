"""One batch of readings becomes rows, issues and counts in a single transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from django.db import DataError, IntegrityError, transaction

from production.ingest.journal import (
    Gap,
    record_flags,
    record_gaps,
    record_overflow,
    set_signal_texts,
)
from production.ingest.plan import DERIVED_ROLES, ConnectionPlan
from production.ingest.readings import Reading
from production.ingest.validate import (
    Validated,
    instant,
    quality,
    status_name,
    validate,
)
from production.live import NewestValue
from production.services.samples import SampleBatch, record_samples
from production.shopfloor.record import us

EMPTY = validate([], {})


@dataclass(slots=True)
class Memory:
    """What the writer remembers of a connection's signals from batch to batch."""

    last_us: dict[int, int]
    """The newest source time of each signal."""
    texts: dict[int, str]
    """The status text that each signal's row shows."""
    unheard_us: int = 0
    """Until when the connection was heard in the session before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a batch changed, for the live page and for derivation."""

    newest: list[NewestValue]
    dirty_us: dict[int, int] = field(default_factory=dict)
    """machine pk → earliest source time that touches its states or counters."""


def store_readings(
    *, plan: ConnectionPlan, readings: Sequence[Reading], dropped: int, memory: Memory
) -> Stored:
    """Validate and commit readings in the current plant's schema.

    After the commit the memory holds the batch, so that a failed call can simply be repeated.
    """
    signals = {signal.pk: signal for signal in plan.signals}
    validated = validate(readings, signals)
    texts = _changed_texts(validated.batch, memory)
    gaps = back_fill(_gaps(plan, readings, validated, memory))
    losses = {("dropped", "overflow"): dropped} if dropped else {}
    try:
        with transaction.atomic():
            record_samples(batch=validated.batch, connection_id=plan.pk, losses=losses)
            record_flags(connection_pk=plan.pk, flags=validated.flags)
            record_gaps(connection_pk=plan.pk, gaps=gaps)
            set_signal_texts(texts)
            if dropped:
                record_overflow(
                    connection_pk=plan.pk, dropped=dropped, reason="The database was slower."
                )
    except (DataError, IntegrityError) as error:
        return _without_the_guilty(plan, readings, dropped, memory, error)
    now_us = us(datetime.now(UTC))
    for pk, newest_us in _newest_times(validated.batch).items():
        known_us = min(newest_us, now_us)
        memory.last_us[pk] = max(known_us, memory.last_us.get(pk, known_us))
    memory.texts.update(texts)
    arrived = [reading.arrived_at for reading in readings]
    return Stored(_newest(plan, validated.batch, arrived), _dirty(plan, validated.batch))


def back_fill(gaps: list[Gap]) -> list[Gap]:
    """The gaps that stay. HistoryRead goes here: what the server still knows is no gap."""
    return gaps


def _without_the_guilty(
    plan: ConnectionPlan,
    readings: Sequence[Reading],
    dropped: int,
    memory: Memory,
    error: DataError | IntegrityError,
) -> Stored:
    """Halve the batch until the value that PostgreSQL refuses is alone; it is counted as rejected.

    Such a value belongs to a signal that somebody has just deleted, or cannot be held at all.
    """
    losses = {("dropped", "overflow"): dropped} if dropped else {}
    if len(readings) <= 1:
        reason = type(error.__cause__ or error).__name__[:50]
        rejected = {**losses, ("rejected", reason): len(readings)}
        record_samples(batch=EMPTY.batch, connection_id=plan.pk, losses=rejected)
        return Stored([])
    half = len(readings) // 2
    first = store_readings(plan=plan, readings=readings[:half], dropped=dropped, memory=memory)
    rest = store_readings(plan=plan, readings=readings[half:], dropped=0, memory=memory)
    dirty_us = dict(first.dirty_us)
    for pk, since_us in rest.dirty_us.items():
        dirty_us[pk] = min(since_us, dirty_us.get(pk, since_us))
    return Stored([*first.newest, *rest.newest], dirty_us)


def _gaps(
    plan: ConnectionPlan, readings: Sequence[Reading], validated: Validated, memory: Memory
) -> list[Gap]:
    """Where a state or counter moved on while nobody listened: a session's first value is newer."""
    watched = {signal.pk for signal in plan.signals if signal.role in DERIVED_ROLES}
    times = validated.batch.times_us.tolist()
    last, gaps = dict(memory.last_us), []
    for reading, time_us in zip(readings, times, strict=True):
        pk = reading.signal_pk
        if pk not in watched:
            continue
        before = last.get(pk)
        if reading.initial and before is not None and time_us > before:
            unheard = memory.unheard_us if before < memory.unheard_us < time_us else before
            gaps.append(Gap(pk, before, unheard, time_us))
        last[pk] = max(time_us, before) if before is not None else time_us
    return gaps


def _changed_texts(batch: SampleBatch, memory: Memory) -> dict[int, str]:
    """Signals whose status became bad, another bad, or good again with their last sample."""
    last = dict(zip(batch.signal_ids.tolist(), batch.status_codes.tolist(), strict=True))
    texts = {pk: "" if quality(code) == "good" else status_name(code) for pk, code in last.items()}
    return {pk: text for pk, text in texts.items() if memory.texts.get(pk, "") != text}


def _newest_times(batch: SampleBatch) -> dict[int, int]:
    newest: dict[int, int] = {}
    for pk, time_us in zip(batch.signal_ids.tolist(), batch.times_us.tolist(), strict=True):
        if time_us > newest.get(pk, time_us - 1):
            newest[pk] = time_us
    return newest


def _newest(
    plan: ConnectionPlan, batch: SampleBatch, arrived: Sequence[datetime]
) -> list[NewestValue]:
    """The newest value of each signal in the batch, which need not be the last."""
    known_us = np.minimum(batch.times_us, [us(moment) for moment in arrived])
    order = np.argsort(known_us, kind="stable").tolist()
    rows = {int(batch.signal_ids[row]): row for row in order}
    signals = {signal.pk: signal for signal in plan.signals}
    found = []
    for pk, row in rows.items():
        signal, number = signals[pk], float(batch.values[row])
        value = batch.texts.get(row) if number != number else number
        state = None
        if signal.role == "state" and isinstance(value, float):
            state = plan.state_names.get(int(value))
        found.append(
            NewestValue(
                machine_id=signal.machine_id,
                name=signal.name,
                role=signal.role,
                value=value,
                unit=signal.unit,
                source_timestamp=instant(int(batch.times_us[row])),
                quality=quality(int(batch.status_codes[row])),
                state=state,
                arrived_at=arrived[row],
            )
        )
    return found


def _dirty(plan: ConnectionPlan, batch: SampleBatch) -> dict[int, int]:
    """Machines whose states or counters the batch touches, and from when on."""
    machines = {s.pk: s.machine_pk for s in plan.signals if s.role in DERIVED_ROLES}
    dirty: dict[int, int] = {}
    for pk, time_us in zip(batch.signal_ids.tolist(), batch.times_us.tolist(), strict=True):
        machine = machines.get(pk)
        if machine is not None:
            dirty[machine] = min(time_us, dirty.get(machine, time_us))
    return dirty
