"""Readings become a batch; what is odd about them becomes flags: nothing is dropped silently."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from asyncua.ua.status_codes import get_name_and_doc
from numpy.typing import NDArray

from production.ingest.plan import SignalPlan
from production.ingest.readings import Reading
from production.services.samples import SampleBatch

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# OPC UA's zero time is 1601-01-01: a server that sends it has no time to tell.
NO_TIME_BEFORE = datetime(1602, 1, 1, tzinfo=UTC)
# A machine's clock may drift, and a value may wait in a gateway; five minutes are neither.
CLOCK_SKEW_US = 300_000_000
LONGEST_TEXT = 10_000
UNCERTAIN, BAD = 1, 2
QUALITY = ("good", "uncertain", "bad", "bad")
# InfoType DataValue with the overflow bit: the server's own queue ran over.
OVERFLOW = 0x0480

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd about samples of one signal, as it will stand in a DataIssue row."""

    signal_pk: int
    kind: str
    first_us: int
    last_us: int
    count: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Validated:
    batch: SampleBatch
    flags: list[Flag]


def validate(readings: Sequence[Reading], signals: Mapping[int, SignalPlan]) -> Validated:
    """Numbers, times and status of the readings as arrays, and the flags that they deserve."""
    values, texts, odd = _values(readings)
    n = len(readings)
    batch = SampleBatch(
        signal_ids=np.fromiter((r.signal_pk for r in readings), np.int64, n),
        times_us=np.fromiter((_time_us(r) for r in readings), np.int64, n),
        values=values,
        status_codes=np.fromiter((r.status_code for r in readings), np.int64, n),
        texts=texts,
    )
    flags = [
        flag
        for kind, mask in _oddities(batch, readings, signals, odd).items()
        if mask.any()
        for flag in _flags(kind, mask, batch)
    ]
    return Validated(batch, flags)


def time_us(instant: datetime) -> int:
    """Microseconds since 1970 in UTC; a naive time is UTC, as OPC UA says."""
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    return (aware - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def quality(status_code: int) -> str:
    """The class of an OPC UA status code: its top two bits."""
    return QUALITY[(status_code >> 30) & 3]


def status_name(status_code: int) -> str:
    """The status as OPC UA names it, for a person."""
    name: str = get_name_and_doc(status_code & 0xFFFF0000)[0]
    return name


def _time_us(reading: Reading) -> int:
    """The source's time, else the server's, else the time at which the value arrived."""
    for candidate in (reading.source_time, reading.server_time):
        if candidate is None:
            continue
        found = time_us(candidate)
        if found >= _NO_TIME_BEFORE_US:
            return found
    return time_us(reading.arrived_at)


_NO_TIME_BEFORE_US = time_us(NO_TIME_BEFORE)


def _values(
    readings: Sequence[Reading],
) -> tuple[NDArray[np.float64], dict[int, str], dict[str, list[int]]]:
    """Numbers, the texts of what is no number, and the rows of each kind of oddity."""
    numbers: list[float] = []
    texts: dict[int, str] = {}
    odd: dict[str, list[int]] = {"type_change": [], "bad_quality": [], "out_of_range": []}
    for row, reading in enumerate(readings):
        value = reading.value
        if isinstance(value, float) and math.isfinite(value):
            numbers.append(value)
        elif isinstance(value, int):
            numbers.append(float(value))
        else:
            numbers.append(math.nan)
            kind = _without_number(value, good=quality(reading.status_code) != "bad")
            if kind:
                odd[kind].append(row)
            if value is not None:
                texts[row] = _text(value)
    return np.array(numbers, dtype=np.float64), texts, odd


def _without_number(value: object, *, good: bool) -> str | None:
    """Which oddity a value is that cannot be stored as a number."""
    if value is None:
        return "bad_quality" if good else None
    if isinstance(value, float):
        return "bad_quality" if math.isnan(value) else "out_of_range"
    return "type_change"


def _text(value: object) -> str:
    text = str(value)[:LONGEST_TEXT].replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode()


def _oddities(
    batch: SampleBatch,
    readings: Sequence[Reading],
    signals: Mapping[int, SignalPlan],
    odd: Mapping[str, Sequence[int]],
) -> dict[str, Mask]:
    """For each kind of issue, which rows have it."""
    n = len(batch)
    classes = (batch.status_codes >> 30) & 3
    arrived_us = np.fromiter((time_us(r.arrived_at) for r in readings), np.int64, n)
    initial = np.fromiter((r.initial for r in readings), np.bool_, n)
    ahead_us = batch.times_us - arrived_us
    return {
        "type_change": _rows(odd["type_change"], n),
        "bad_quality": (classes >= UNCERTAIN) | _rows(odd["bad_quality"], n),
        "out_of_range": _out_of_range(batch, signals) | _rows(odd["out_of_range"], n),
        # A first value may be old, because nothing changed since: only its future is odd.
        "clock_skew": (ahead_us > CLOCK_SKEW_US) | ((ahead_us < -CLOCK_SKEW_US) & ~initial),
        "overflow": (batch.status_codes & OVERFLOW) == OVERFLOW,
    }


def _rows(rows: Sequence[int], n: int) -> Mask:
    mask = np.zeros(n, dtype=np.bool_)
    mask[list(rows)] = True
    return mask


def _out_of_range(batch: SampleBatch, signals: Mapping[int, SignalPlan]) -> Mask:
    known, row_of = np.unique(batch.signal_ids, return_inverse=True)
    plans = [signals.get(int(pk)) for pk in known]
    lowest = [p.min_value if p and p.min_value is not None else -math.inf for p in plans]
    highest = [p.max_value if p and p.max_value is not None else math.inf for p in plans]
    with np.errstate(invalid="ignore"):
        outside = (batch.values < np.array(lowest)[row_of]) | (
            batch.values > np.array(highest)[row_of]
        )
    return np.asarray(outside, dtype=np.bool_)


def _flags(kind: str, mask: Mask, batch: SampleBatch) -> list[Flag]:
    """One flag a signal, however many of its samples are odd."""
    rows = np.flatnonzero(mask)
    found = []
    for pk in np.unique(batch.signal_ids[rows]).tolist():
        own = rows[batch.signal_ids[rows] == pk]
        times = batch.times_us[own]
        detail = _detail(kind, batch, int(own[-1]))
        found.append(Flag(pk, kind, int(times.min()), int(times.max()), len(own), detail))
    return found


def _detail(kind: str, batch: SampleBatch, row: int) -> str:
    status = int(batch.status_codes[row])
    if kind == "bad_quality" and quality(status) != "good":
        return status_name(status)
    if row in batch.texts:
        return batch.texts[row][:200]
    if kind == "out_of_range":
        return f"{batch.values[row]:g}"
    return "no value" if kind == "bad_quality" else ""
