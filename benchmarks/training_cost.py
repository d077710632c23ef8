"""G12: what training costs on one core, beside the bare fits of the same estimators."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np

from amis.environment import ROOT
from analytics.forecasting import train as forecasting
from analytics.forecasting.lstm import train_lstm
from analytics.ml import downtime
from analytics.ml.history import ShiftHistory, questions_of
from analytics.ml.model import DowntimeModel
from benchmarks.bare_fits import DAYS, NETWORK, SHIFT, BareFits
from benchmarks.figure import CannotMeasure, Figure, table
from benchmarks.stack import Stack
from benchmarks.training_plant import daily_series_of, made_up_plant

MOST_RATIO = 1.3
MOST_S, OF_MACHINES = 300.0, 50
SCORED, MOST_SCORING_S = 1_000, 10.0
LOOK_BACK = 270


@dataclass(frozen=True, slots=True)
class Size:
    """Of the plant that is trained on, how often, and of how many machines one shift is scored."""

    machines: int
    shifts: int
    repeats: int
    scored: int
    with_network: bool


FULL = Size(OF_MACHINES, 500, 3, SCORED, with_network=True)
QUICK = Size(4, 255, 1, 100, with_network=False)


def measure(stack: Stack, *, quick: bool) -> Figure:
    """CPU seconds, which other work on the machine does not change, in a process like a worker's.

    No demo is needed. `quick` leaves the network out and takes a small plant, where what a training
    costs whatever the size weighs more; the limits are those of the size.
    """
    words = [sys.executable, "-m", "benchmarks.training_cost", *(["--quick"] if quick else [])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotMeasure(f"Training cannot be measured:\n{done.stderr.strip()[-1500:]}")
    return figure_of(json.loads(done.stdout.splitlines()[-1]), QUICK if quick else FULL)


def figure_of(told: dict[str, Any], size: Size) -> Figure:
    """`told` has the CPU seconds of each task as (ours, bare), a repeat each, and of scoring."""
    ours, bare = (
        sum(median(times) for times in (task[n] for task in told["tasks"].values())) for n in (0, 1)
    )
    limit = MOST_S * size.machines / OF_MACHINES
    scoring_limit = MOST_SCORING_S * size.scored / SCORED
    parts = [("task", "ours, s", "bare, s", "ratio")]
    for name, task in told["tasks"].items():
        mine, fits = (median(times) for times in task)
        parts.append((name, f"{mine:.1f}", f"{fits:.1f}", f"{mine / fits:.2f}"))
    scored = f"next shift of {size.scored} machines scored in {told['scoring']:.1f} s"
    cheap = told["scoring"] <= scoring_limit
    return Figure(
        title=f"CPU time to train {size.machines} machines × {size.shifts} shifts",
        value=ours, unit="s", peer=bare, limit=limit,
        passed=ours <= limit and ours <= MOST_RATIO * bare and cheap,
        counts=told,
        details=(*table(parts), f"{scored}, limit {scoring_limit:.1f} s; ratio ≤ {MOST_RATIO}"),
    )  # fmt: skip


def main(words: list[str]) -> int:
    """Measure in this process and write JSON."""
    size = QUICK if "--quick" in words else FULL
    sys.stdout.write(f"\n{json.dumps(told_of(size))}\n")
    return 0


def told_of(size: Size) -> dict[str, Any]:
    """What `figure_of` reads. The first training of each task is recorded and not timed."""
    history = made_up_plant(machines=size.machines, shifts=size.shifts)
    series = daily_series_of(history)
    as_of = max(one.end_day for one in series)
    at = int(history.end_us.max())
    works: dict[str, Callable[[], Any]] = {
        SHIFT: lambda: downtime.train(history, as_of_us=at),
        DAYS: lambda: forecasting.train(series, as_of=as_of),
    }
    if size.with_network and find_spec("tensorflow"):
        works[NETWORK] = lambda: train_lstm(series, as_of=as_of)
    tasks = {name: _beside(name, work, size.repeats) for name, work in works.items()}
    return {"tasks": tasks, "scoring": _scoring(works[SHIFT](), size)}


def cpu_s() -> float:
    """Of this process and of its children that have ended (Prophet's optimizer is one)."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _beside(task: str, work: Callable[[], Any], repeats: int) -> list[list[float]]:
    """CPU seconds of a training and of its bare fits, in turn."""
    bare = BareFits(task)
    with bare.recorded():
        work()
    turns = [[_cost(one) for one in (work, bare.again)] for _ in range(repeats)]
    return [list(column) for column in zip(*turns, strict=True)]


def _cost(work: Callable[[], Any]) -> float:
    began = cpu_s()
    work()
    return round(cpu_s() - began, 3)


def _scoring(model: DowntimeModel, size: Size) -> float:
    """CPU seconds to answer and to explain the next shift of so many machines."""
    history = made_up_plant(machines=size.scored, shifts=LOOK_BACK)
    rows = np.flatnonzero(history.start_us == history.start_us.max())
    known: ShiftHistory = history.known_at(int(history.start_us.max()))
    return _cost(lambda: downtime.predict(model, known, questions_of(known, rows)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
