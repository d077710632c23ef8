"""Labelled signals of other people's machines, as frames: SKAB's valve runs, four NAB series."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from analytics.ml.anomaly.detector import Bools, Ints
from analytics.ml.anomaly.frame import SignalFrame

SKAB_FIT_ROWS = 400
"""As SKAB's own protocol has it: the first 400 rows of a run are normal operation."""
NAB_FIT_SHARE = 0.15
"""As NAB's own protocol has it: the probationary period."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The rows before `fit_rows` are for learning, the others are judged by `is_odd` (n,)."""

    frame: SignalFrame
    is_odd: Bools
    fit_rows: int
    windows: int


def skab(folder: Path) -> list[Labelled]:
    """The sixteen runs valve1_0 … valve1_15 in the order of their numbers."""
    paths = sorted(folder.glob("valve1_*.csv"), key=lambda path: int(path.stem.split("_")[1]))
    return [_run(path) for path in paths]


def nab(folder: Path) -> list[Labelled]:
    """The series that windows.json has windows for."""
    windows = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    return [_series(folder / name, spans) for name, spans in sorted(windows.items())]


def _run(path: Path) -> Labelled:
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(";")[1:-2]
        rows = [line.strip().split(";") for line in file]
    values = np.array([[float(cell) for cell in row[1 : 1 + len(names)]] for row in rows])
    is_odd = np.array([float(row[-2]) > 0 for row in rows])
    frame = SignalFrame(
        machine=path.stem, names=tuple(names), time_us=_times(row[0] for row in rows), values=values
    )
    return Labelled(frame, is_odd, SKAB_FIT_ROWS, _stretches(is_odd[SKAB_FIT_ROWS:]))


def _series(path: Path, spans: list[list[str]]) -> Labelled:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["timestamp"], float(row["value"])) for row in csv.DictReader(file)]
    time_us = _times(time for time, _ in rows)
    is_odd = np.zeros(len(rows), dtype=bool)
    for start, end in spans:
        first, last = _times([start, end])
        is_odd |= (time_us >= first) & (time_us <= last)
    values = np.array([[value] for _, value in rows])
    frame = SignalFrame(machine=path.stem, names=("value",), time_us=time_us, values=values)
    fit_rows = int(NAB_FIT_SHARE * len(rows))
    return Labelled(frame, is_odd, fit_rows, _stretches(is_odd[fit_rows:]))


def _times(words: Iterator[str] | list[str]) -> Ints:
    """Neither set says its time zone; only the distances matter."""
    moments = (datetime.fromisoformat(word).replace(tzinfo=UTC) for word in words)
    return np.array([int(moment.timestamp()) * 1_000_000 for moment in moments], dtype=np.int64)


def _stretches(is_odd: Bools) -> int:
    return int((np.diff(is_odd.astype(int), prepend=0) == 1).sum())
