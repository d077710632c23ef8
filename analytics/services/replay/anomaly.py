"""Replay of anomalies: a row a machine and step of its signals' grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection

from amis.errors import InsufficientData
from amis.interval import Interval
from analytics.ml.anomaly.artefact import load
from analytics.ml.anomaly.frame import Scores
from analytics.ml.anomaly.signal import SignalDetector
from analytics.ml.instants import training_instant
from analytics.selectors.preferences import preferences
from analytics.services.anomalies import TASK, learn, scores_between, watched_machines
from analytics.services.models_in_force import loaded
from analytics.services.odd_shifts import judged
from analytics.services.registry import code_hash, in_force
from analytics.services.replay.parts import ReplayFile
from analytics.services.replay.span import Cadence, Span
from analytics.services.training import history_until
from production.live import data_version
from production.selectors.calendar import plant_timezone
from production.shopfloor.record import instant, us

HEADER = ("machine_id", "time", "score", "is_anomaly")

Tell = Callable[[float, str], None]
Learned = tuple[SignalDetector, dict[str, int]]


def replay_anomalies(*, span: Span, cadence: Cadence, out: Path, now: datetime, tell: Tell) -> int:
    """Write the file; how many rows it has. A stretch is judged by what was learned before it."""
    timezone = plant_timezone()
    stretches = list(_stretches(span, cadence, timezone))
    with ReplayFile(out, header=HEADER, question=_question(span, cadence)) as file:
        for n, (learned_at, part) in enumerate(stretches):
            tell(100 * n / len(stretches), f"{part.start:%Y-%m-%d %H:%M}")
            file.part(
                f"{n:05d}", lambda at=learned_at, p=part: _part(at, p, span.machine_id, cadence)
            )
        return file.finish(f"{n:05d}" for n in range(len(stretches)))


def _stretches(
    span: Span, cadence: Cadence, timezone: str
) -> Iterator[tuple[list[datetime], Interval]]:
    """The span cut at trainings, each part with the instants at which it may have been learned:
    that week, and while that was too thin, that day, that hour, or when the replay begins.
    """
    start = span.start.astimezone(UTC)
    while start < span.end:
        week = training_instant(start, every_days=cadence.retrain_days, timezone=timezone)
        following = training_instant(
            week + timedelta(days=cadence.retrain_days, hours=3),
            every_days=cadence.retrain_days,
            timezone=timezone,
        )
        day = training_instant(start, every_days=1, timezone=timezone)
        hour = start.replace(minute=0, second=0, microsecond=0)
        end = min(following, span.end.astimezone(UTC))
        yield [week, day, hour, start], Interval(start, end)
        start = end


def _part(
    learned_at: list[datetime], part: Interval, machine_id: str | None, cadence: Cadence
) -> Iterator[list[Any]]:
    detector, steps = _learned(learned_at, part, cadence)
    seen: set[str] = set()
    if detector is not None:
        # False discoveries are a share of all machines': all are scored, however few are shown.
        for one in scores_between(detector, steps, watched_machines(), part):
            seen.add(one.machine)
            if machine_id in (None, one.machine):
                yield from _rows(one)
    yield from _shift_rows(part, machine_id, seen)


def _shift_rows(part: Interval, machine_id: str | None, seen: set[str]) -> Iterator[list[Any]]:
    """Machines whose signals cannot be judged are judged by their shifts."""
    try:
        history = history_until(part.end)
    except InsufficientData:
        return
    inside = (history.start_us >= us(part.start)) & (history.start_us < us(part.end))
    names = np.array(history.machines)[history.machine]
    shown = [name not in seen and machine_id in (None, name) for name in names]
    rows = np.flatnonzero(
        inside & np.array(shown, dtype=bool) & np.isfinite(history.downtime_min)
    ).astype(np.int64)
    found = judged(history, rows, foretold=None)
    for row, score, odd in zip(rows, found.score, found.is_anomaly, strict=True):
        told = float(score) if np.isfinite(score) else None
        yield [names[row], instant(int(history.start_us[row])), told, int(odd)]


def _learned(
    instants: list[datetime], part: Interval, cadence: Cadence
) -> tuple[SignalDetector | None, dict[str, int]]:
    """What served then; before that each machine as it is learned first of the instants."""
    served = in_force(TASK, part.start) if cadence.is_usual else None
    if served is not None:
        return loaded(served, load), served.evidence["steps"]
    known: SignalDetector | None = None
    steps: dict[str, int] = {}
    for at in instants:
        with suppress(InsufficientData):
            more, its_steps = learn(as_of=at, tell=lambda percent, step: None)
            steps = {name: its_steps[name] for name in more.machines} | steps
            known = more if known is None else known.with_others(more)
    return known, steps


def _rows(one: Scores) -> Iterator[list[Any]]:
    for time_us, score, odd in zip(one.time_us, one.score, one.is_anomaly, strict=True):
        told = float(score) if np.isfinite(score) else None
        yield [one.machine, instant(int(time_us)), told, int(odd)]


def _question(span: Span, cadence: Cadence) -> dict[str, Any]:
    return {
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "machine": span.machine_id,
        "retrain_days": cadence.retrain_days,
        "budget": preferences().alarms_a_week,
        "code": code_hash(TASK),
        "data": data_version(connection.schema_name),
    }
