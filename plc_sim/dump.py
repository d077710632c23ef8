"""The plant's whole past as arrays, for a reader that wants a history to begin with."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from plc_sim.kinds import NODE_NAMES, PROCESS_FIELDS, node_ids
from plc_sim.machine import Plant
from plc_sim.panel import Change
from plc_sim.timetable import DAY, HOUR, MINUTE, SECOND

COARSE, FINE = 15 * MINUTE, 10 * SECOND
_FIELDS = len(NODE_NAMES)


@dataclass(frozen=True, slots=True)
class Samples:
    """Columns of samples: which node, when, what."""

    node: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


def samples_of(changes: list[Change]) -> Samples:
    """Node writes as columns."""
    table = np.array(changes, dtype=[("t", "<i8"), ("m", "<i4"), ("f", "<i4"), ("v", "<f8")])
    return Samples(table["m"] * _FIELDS + table["f"], table["t"], table["v"])


def process_samples(plant: Plant, times: npt.NDArray[np.int64]) -> Samples:
    """The process signals of every machine at these instants, which the plant has reached."""
    if not len(times):
        return samples_of([])
    rows = [plant.signals_at(machine, times).ravel() for machine in plant.ids]
    nodes = [s.index * _FIELDS + np.array(PROCESS_FIELDS) for s in plant.stations]
    return Samples(
        np.repeat(np.concatenate(nodes), len(times)).astype(np.int32),
        np.tile(times, len(rows) * len(PROCESS_FIELDS)),
        np.concatenate(rows),
    )


def merged(parts: list[Samples]) -> Samples:
    """One table in time order; what happened at the same instant keeps its order."""
    node, time, value = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("node", "time", "value")
    )
    order = np.argsort(time, kind="stable")
    return Samples(node[order].astype(np.int32), time[order], value[order])


def history(plant: Plant, *, until: int, fine: int = 24 * HOUR) -> Samples:
    """Everything of a plant at its epoch up to and including an instant."""
    parts = [process_samples(plant, np.array([plant.epoch]))]
    for start, end in _days(plant.now, until):
        parts.append(samples_of(plant.advance(end).changes))
        parts.append(process_samples(plant, sample_times(start, end, fine_from=until - fine)))
    return merged(parts)


def sample_times(start: int, end: int, *, fine_from: int) -> npt.NDArray[np.int64]:
    """Full quarters of an hour in (start, end], full ten seconds after `fine_from`."""
    coarse = np.arange((start // COARSE + 1) * COARSE, min(end, fine_from) + 1, COARSE)
    begin = max(start, fine_from)
    fine = np.arange((begin // FINE + 1) * FINE, end + 1, FINE)
    return np.concatenate([coarse, fine]).astype(np.int64)


def write(samples: Samples, *, machines: int, out: str) -> None:
    """An .npz archive without pickle, to a file or to standard output."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        nodes=np.array(node_ids(machines)),
        node_index=samples.node,
        time_us=samples.time,
        value=samples.value,
    )
    if out == "-":
        sys.stdout.buffer.write(buffer.getbuffer())
        sys.stdout.buffer.flush()
    else:
        Path(out).write_bytes(buffer.getbuffer())


def _days(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = min(start + DAY, end)
        yield start, stop
        start = stop
