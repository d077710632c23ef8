"""The one writer of samples: a batch is one binary COPY inside a savepoint, and harmless to
repeat.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import IntegrityError, connection, transaction
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER = b"\xff\xff"
POSTGRES_EPOCH_US = 946_684_800_000_000
COLUMNS = "(signal_id, source_timestamp, value, value_text, status_code)"
# One row of the binary COPY format whose text is null: a field is its length, then its bytes.
ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("signal_len", ">i4"),
        ("signal", ">i8"),
        ("time_len", ">i4"),
        ("time", ">i8"),
        ("value_len", ">i4"),
        ("value", ">f8"),
        ("text_len", ">i4"),
        ("status_len", ">i4"),
        ("status", ">i8"),
    ]
)
STAGE = "CREATE TEMPORARY TABLE amis_stage (LIKE production_sample) ON COMMIT DROP"
# What an import changes: a value that is there stays unless the file knows better.
COMPARE = """SELECT count(*), count(*) FILTER (WHERE there.value IS DISTINCT FROM told.value
                    OR there.value_text IS NOT NULL OR there.status_code <> told.status_code)
             FROM amis_stage told JOIN production_sample there
               USING (signal_id, source_timestamp)"""
CORRECT = f"""INSERT INTO production_sample {COLUMNS} SELECT {COLUMNS.strip("()")} FROM amis_stage
              ON CONFLICT (signal_id, source_timestamp) DO UPDATE
              SET value = EXCLUDED.value, value_text = NULL, status_code = EXCLUDED.status_code
              WHERE production_sample.value IS DISTINCT FROM EXCLUDED.value
                 OR production_sample.value_text IS NOT NULL
                 OR production_sample.status_code <> EXCLUDED.status_code"""
UNSTAGE = f"""INSERT INTO production_sample {COLUMNS} SELECT {COLUMNS.strip("()")} FROM amis_stage
              ON CONFLICT DO NOTHING"""
COUNT = """INSERT INTO production_ingestcount (connection_id, outcome, reason, count)
           VALUES (%s, %s, %s, %s)
           ON CONFLICT (connection_id, outcome, reason)
           DO UPDATE SET count = production_ingestcount.count + EXCLUDED.count"""


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Parallel arrays. A NaN value is stored as null; `texts` maps a row to its text."""

    signal_ids: NDArray[np.int64]
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    status_codes: NDArray[np.int64]
    texts: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.signal_ids)


@dataclass(frozen=True, slots=True)
class BatchResult:
    stored: int
    duplicate: int


def record_samples(
    *,
    batch: SampleBatch,
    connection_id: int | None = None,
    losses: Mapping[tuple[str, str], int] | None = None,
) -> BatchResult:
    """Store a batch in the current plant's schema. Samples that are there already are duplicates.

    With a connection, the counts of what it delivered move in the same transaction; `losses` adds
    {(outcome, reason): count} for values that are not in the batch.
    """
    packed = pack(batch)
    with transaction.atomic():
        stored = _copy(packed, len(batch)) if len(batch) else 0
        result = BatchResult(stored=stored, duplicate=len(batch) - stored)
        if connection_id is not None:
            _count(connection_id, result, losses or {})
    return result


def correct_samples(*, batch: SampleBatch) -> tuple[int, int, int]:
    """Store numbers of which each is the last word for its signal and time.

    How many samples are new, were another and were there already.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _stage(pack(batch))
        cursor.execute(COMPARE)
        there, different = cursor.fetchone()
        cursor.execute(CORRECT)
    return len(batch) - there, different, there - different


def pack(batch: SampleBatch) -> bytes:
    """The batch in PostgreSQL's binary COPY format."""
    rows = np.zeros(len(batch), dtype=ROW)
    rows["fields"] = 5
    rows["signal_len"] = rows["time_len"] = rows["value_len"] = rows["status_len"] = 8
    rows["text_len"] = -1
    rows["signal"] = batch.signal_ids
    rows["time"] = batch.times_us - POSTGRES_EPOCH_US
    rows["value"] = batch.values
    rows["status"] = batch.status_codes
    odd = np.union1d(np.flatnonzero(np.isnan(batch.values)), np.array([*batch.texts], dtype=int))
    if not len(odd):
        return HEADER + rows.tobytes() + TRAILER
    parts, done = [HEADER], 0
    for index in odd.astype(int).tolist():
        parts += [rows[done:index].tobytes(), _odd_row(rows[index], batch.texts.get(index))]
        done = index + 1
    return b"".join([*parts, rows[done:].tobytes(), TRAILER])


def _odd_row(row: np.void, text: str | None) -> bytes:
    """A row that does not have the fixed layout: its value is null, or it has a text."""
    plain = row.tobytes()
    head, status = plain[:26], plain[-12:]
    null = (-1).to_bytes(4, "big", signed=True)
    value = null if np.isnan(row["value"]) else plain[26:38]
    if text is None:
        return head + value + null + status
    encoded = text.replace("\0", "\ufffd").encode()
    return head + value + len(encoded).to_bytes(4, "big") + encoded + status


def _copy(packed: bytes, rows: int) -> int:
    """COPY straight in; only a batch that meets a stored sample goes through a staging table."""
    try:
        with transaction.atomic():
            _copy_into("production_sample", packed)
    except IntegrityError:
        _stage(packed)
        with connection.cursor() as cursor:
            cursor.execute(UNSTAGE)
            return int(cursor.rowcount)
    return rows


def _stage(packed: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.amis_stage")
        cursor.execute(STAGE)
    _copy_into("amis_stage", packed)


def _copy_into(table: str, packed: bytes) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(
            f"COPY {table} {COLUMNS} FROM STDIN WITH (FORMAT binary)", io.BytesIO(packed)
        )


def _count(connection_id: int, result: BatchResult, losses: Mapping[tuple[str, str], int]) -> None:
    counts = {
        ("received", ""): result.stored + result.duplicate + sum(losses.values()),
        ("stored", ""): result.stored,
        ("duplicate", ""): result.duplicate,
        **losses,
    }
    rows = [(connection_id, *key, count) for key, count in sorted(counts.items()) if count]
    with connection.cursor() as cursor:
        cursor.executemany(COUNT, rows)
