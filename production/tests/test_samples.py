"""Samples are stored once, whole, in the right month and the right plant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from conftest import as_owner
from production.models import Connection, IngestCount, Machine, Sample, Signal
from production.services.partitions import ensure_partitions
from production.services.samples import SampleBatch, record_samples
from production.shopfloor.record import us

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def signal(db, chicago):
    with tenant_context(chicago):
        plc = Connection.objects.create(name="plc", endpoint_url="opc.tcp://127.0.0.1:4840")
        machine = Machine.objects.create(machine_id="M001", machine_name="Filler", connection=plc)
        yield Signal.objects.create(machine=machine, name="state", role="state", node="nsu=u;i=1")


def batch(signal, *rows, texts=None) -> SampleBatch:
    seconds, values = zip(*rows, strict=True)
    return SampleBatch(
        signal_ids=np.full(len(rows), signal.pk, dtype=np.int64),
        times_us=np.array([us(NOON) + round(s * 1e6) for s in seconds], dtype=np.int64),
        values=np.array(values, dtype=float),
        status_codes=np.zeros(len(rows), dtype=np.int64),
        texts=texts or {},
    )


def test_a_batch_is_stored_to_the_microsecond(signal):
    result = record_samples(batch=batch(signal, (0, 6), (1.000001, 9)))
    assert (result.stored, result.duplicate) == (2, 0)
    stored = list(
        Sample.objects.order_by("source_timestamp").values_list("source_timestamp", "value")
    )
    assert stored == [(NOON, 6.0), (NOON.replace(second=1, microsecond=1), 9.0)]


def test_a_replay_stores_nothing_twice(signal):
    record_samples(batch=batch(signal, (0, 6), (1, 9)))
    result = record_samples(batch=batch(signal, (0, 6), (1, 9), (2, 6)))
    assert (result.stored, result.duplicate) == (1, 2)
    assert Sample.objects.count() == 3


def test_a_batch_that_repeats_itself_is_stored_once(signal):
    result = record_samples(batch=batch(signal, (0, 6), (0, 6), (1, 6)))
    assert (result.stored, result.duplicate) == (2, 1)


def test_two_replays_in_one_transaction_both_work(signal):
    for _ in range(3):
        record_samples(batch=batch(signal, (0, 6)))
    assert Sample.objects.count() == 1


def test_unknown_values_and_texts_are_kept(signal):
    texts = {1: "jämmed\0", 2: "both"}
    record_samples(batch=batch(signal, (0, np.nan), (1, np.nan), (2, 5.5), (3, 7), texts=texts))
    stored = list(Sample.objects.order_by("source_timestamp").values_list("value", "value_text"))
    assert stored == [(None, None), (None, "jämmed\ufffd"), (5.5, "both"), (7.0, None)]


def test_the_counts_of_a_connection_move_with_the_rows(signal):
    plc = signal.machine.connection
    record_samples(
        batch=batch(signal, (0, 6)), connection_id=plc.pk, losses={("dropped", "queue full"): 4}
    )
    record_samples(batch=batch(signal, (0, 6), (1, 6)), connection_id=plc.pk)
    counts = {(c.outcome, c.reason): c.count for c in IngestCount.objects.all()}
    assert counts == {
        ("received", ""): 7,
        ("stored", ""): 2,
        ("duplicate", ""): 1,
        ("dropped", "queue full"): 4,
    }


def test_the_other_plant_sees_nothing_of_it(signal, lyon):
    record_samples(batch=batch(signal, (0, 6)))
    with tenant_context(lyon):
        assert Sample.objects.count() == 0


def test_a_late_month_gets_its_rows_out_of_the_default_partition(committed, chicago):
    with tenant_context(chicago):
        machine = Machine.objects.create(machine_id="M001", machine_name="Filler")
        signal = Signal.objects.create(machine=machine, name="s", node="nsu=u;i=1")
        five_years = 5 * 365.25 * 86_400
        record_samples(batch=batch(signal, (five_years, 6)))
    with as_owner(), tenant_context(chicago):
        made = ensure_partitions(first=date(2031, 10, 31), last=date(2031, 12, 1))
        again = ensure_partitions(first=date(2031, 10, 31), last=date(2031, 12, 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM production_sample_203111")
            in_month = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM production_sample_default")
            in_default = cursor.fetchone()[0]
        for month in ("203110", "203111", "203112"):
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE production_sample_{month}")
    assert (made, again, in_month, in_default) == (3, 0, 1, 0)
