"""A simulated past for a demo plant, written through the services that live data takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from amis.errors import Invalid
from amis.interval import Interval
from production.live import store_backfill
from production.models import Job, Machine, Signal
from production.services.derive import derive_records
from production.services.samples import SampleBatch, record_samples

KIND = "backfill"
SIMULATED, STORED = 25.0, 45.0
"""Percent at which the history is there and at which its samples are stored; measured."""
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
COUNT = """SELECT count(*) FROM production_sample
            WHERE signal_id = ANY(%s) AND source_timestamp >= %s AND source_timestamp < %s"""

Tell = Callable[[float, str], None]
"""Takes percent and what is being done."""


@dataclass(frozen=True, slots=True)
class History:
    """Samples in time order; `node_index` points into `nodes`, the server's string ids."""

    nodes: NDArray[np.str_]
    node_index: NDArray[np.int64]
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def interval(self) -> Interval:
        return Interval(_instant(int(self.times_us[0])), _instant(int(self.times_us[-1]) + 1))


def backfill_is_done() -> bool:
    """Whether the current plant has its past already."""
    return Job.objects.filter(kind=KIND, state=Job.State.DONE).exists()


def backfill(*, history: History, tell: Tell) -> None:
    """Store the history of the current plant's simulated machines and derive their records.

    May be killed at any point and run again. Raises Invalid when no signal of the plant is in it.
    """
    if not len(history.times_us):
        raise Invalid("This history is empty.")
    machines = list(
        Machine.objects.filter(connection__simulated=True)
        .select_related("connection", "shift_pattern")
        .prefetch_related("signals")
    )
    signal_ids = _signal_ids(history, machines)
    job, _ = Job.objects.exclude(state=Job.State.DONE).get_or_create(
        kind=KIND, defaults={"user_label": "AMIS"}
    )
    note = _noting(job, tell)
    months = list(_months(history.interval))
    _store(history, signal_ids, machines, months, note)
    _derive(machines, months, job, note)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=timezone.now())
    note(100.0, "history complete")


def mark(percent: float) -> None:
    """Tell the readiness check how far the current plant is."""
    store_backfill(connection.schema_name, percent)


def _noting(job: Job, tell: Tell) -> Tell:
    """Progress goes to the caller, to Valkey and to the row that people watch."""

    def note(percent: float, text: str) -> None:
        mark(percent)
        Job.objects.filter(pk=job.pk).update(percent=percent, step=text)
        tell(percent, text)

    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    return note


def _signal_ids(history: History, machines: list[Machine]) -> NDArray[np.int64]:
    """The signal of each node of the history; -1 for a node that no signal reads."""
    signals: list[Signal] = [signal for machine in machines for signal in machine.signals.all()]
    by_node = {signal.node.partition(";s=")[2]: signal.pk for signal in signals}
    ids = np.array([by_node.get(str(node), -1) for node in history.nodes], dtype=np.int64)
    if not (ids >= 0).any():
        raise Invalid("None of this plant's simulated signals is in the history.")
    return ids


def _store(
    history: History,
    signal_ids: NDArray[np.int64],
    machines: list[Machine],
    months: list[Interval],
    note: Tell,
) -> None:
    connection_id = machines[0].connection_id
    for number, month in enumerate(months):
        batch = _batch(history, signal_ids, month)
        if len(batch) and not _is_stored(batch, month):
            record_samples(batch=batch, connection_id=connection_id)
        percent = SIMULATED + (STORED - SIMULATED) * (number + 1) / len(months)
        note(round(percent, 1), f"samples of {month.start:%B %Y}")


def _batch(history: History, signal_ids: NDArray[np.int64], month: Interval) -> SampleBatch:
    """A month's samples by signal and time, so that each lies beside the next one read with it."""
    edges = [_us(month.start), _us(month.end)]
    first, last = np.searchsorted(history.times_us, edges)
    ids, times = signal_ids[history.node_index[first:last]], history.times_us[first:last]
    values = history.values[first:last]
    order = np.argsort(ids, kind="stable")
    ids, times, values = ids[order], times[order], values[order]
    # Of several writes of a node at one instant the last one is what it showed.
    kept = ids >= 0
    kept[:-1] &= (ids[1:] != ids[:-1]) | (times[1:] != times[:-1])
    return SampleBatch(
        signal_ids=ids[kept],
        times_us=times[kept],
        values=values[kept],
        status_codes=np.zeros(int(kept.sum()), dtype=np.int64),
        texts={},
    )


def _is_stored(batch: SampleBatch, month: Interval) -> bool:
    """An interrupted run has stored this month already: a batch is stored whole or not at all."""
    with connection.cursor() as cursor:
        ids = np.unique(batch.signal_ids).tolist()
        cursor.execute(COUNT, [ids, month.start, month.end])
        return int(cursor.fetchone()[0]) >= len(batch)


def _derive(machines: list[Machine], months: list[Interval], job: Job, note: Tell) -> None:
    """Month by month, so that memory stays small and an interrupted run goes on where it was."""
    done = int(job.message or 0)
    for number, month in enumerate(months):
        if number < done:
            continue
        for machine in machines:
            derive_records(machine=machine, interval=month)
        Job.objects.filter(pk=job.pk).update(message=str(number + 1))
        percent = STORED + (100 - STORED) * (number + 1) / len(months)
        note(min(round(percent, 1), 99.9), f"records of {month.start:%B %Y}")


def _months(interval: Interval) -> Iterator[Interval]:
    """The interval cut at the months of UTC, which are the table's partitions."""
    start = interval.start
    while start < interval.end:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        border = following.replace(hour=0, minute=0, second=0, microsecond=0)
        yield Interval(start, min(border, interval.end))
        start = border


def _us(instant: datetime) -> int:
    return (instant - ORIGIN) // timedelta(microseconds=1)


def _instant(us: int) -> datetime:
    return ORIGIN + timedelta(microseconds=us)
