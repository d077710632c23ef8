"""The work that one plant orders ten times over: files to import, reports, analyses, trainings."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from benchmarks.figure import CannotMeasure
from benchmarks.stack import Stack
from benchmarks.visitor import Visitor

TASKS = ("downtime", "forecast", "anomaly")
MACHINES, SHIFTS = ("M001", "M002", "M003"), ("Day", "Evening", "Night")
HEAD = "timestamp,production_date,machine_id,shift,units_produced,defective_units,downtime_min"
DAYS_IN_FILE, DAYS_AGO = 60, 200
REFUSALS = (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
ENDED = ("done", "failed", "cancelled")
DONE_WITHIN_S, LOOK_EVERY_S = 900.0, 1.0


@dataclass(frozen=True, slots=True)
class Ordered:
    """Ids of the jobs that are under way, and how many orders were refused, by status: a plant has
    five reports in the making at a time, and one training of each model.
    """

    jobs: tuple[str, ...]
    refused: Counter[int]


def order(stack: Stack, greedy: Visitor, plant: str, *, times: int) -> Ordered:
    """Everything at once; what the files tell is new each time."""
    _write_files(stack.home / "data" / "raw" / plant, times)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    answers = [greedy.ask("/api/reports", _window(yesterday, 1 + n)) for n in range(times)]
    answers += [greedy.ask("/api/ai/insights", {"days": 1 + n}) for n in range(times)]
    answers += [greedy.ask("/api/ml/train", {"task": task}) for task in TASKS]
    for status, body in answers:
        if status not in (HTTPStatus.ACCEPTED, *REFUSALS):
            raise CannotMeasure(f"An order of {plant} was answered {status}: {body[:200]!r}")
    taken = [body for status, body in answers if status == HTTPStatus.ACCEPTED]
    refused = Counter(status for status, _ in answers if status != HTTPStatus.ACCEPTED)
    return Ordered(tuple(str(json.loads(body)["id"]) for body in taken), refused)


def wait_until_done(
    stack: Stack, greedy: Visitor, plant: str, jobs: tuple[str, ...]
) -> Counter[str]:
    """How the jobs ended; the files are taken in as well."""
    folder, until = stack.home / "data" / "raw" / plant, time.monotonic() + DONE_WITHIN_S
    while True:
        stack.look()
        states = Counter(str(greedy.read(f"/api/jobs/{job}")["state"]) for job in jobs)
        if states.total() == sum(states[state] for state in ENDED) and not _files(folder):
            return states
        if time.monotonic() > until:
            raise CannotMeasure(f"What {plant} ordered does not get done: {dict(states)}")
        time.sleep(LOOK_EVERY_S)


def _write_files(folder: Path, times: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    first = datetime.now(UTC).date() - timedelta(days=DAYS_AGO)
    stamp = datetime.now(UTC)
    for number in range(times):
        rows = [
            f"{day}T23:59:00,{day},{machine},{shift},{300 + (stamp.minute + number) % 60},5,30"
            for day in (first + timedelta(days=n) for n in range(DAYS_IN_FILE))
            for machine in MACHINES
            for shift in SHIFTS
        ]
        path = folder / f"greedy-{stamp:%H%M%S}-{number}.csv"
        path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")


def _window(yesterday: date, days: int) -> dict[str, Any]:
    """A window of its own for each, because one under way is not made twice."""
    return {"from": str(yesterday - timedelta(days=days)), "to": str(yesterday)}


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("*.csv"))
