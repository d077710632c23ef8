"""Replay of next-shift downtime: a row a machine and planned shift, as of the shift's start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from amis.errors import InsufficientData
from analytics.ml import downtime
from analytics.ml.history import Ints, ShiftHistory, questions_of
from analytics.ml.instants import GRACE, issue_instant, training_instant
from analytics.selectors.preferences import preferences
from analytics.selectors.shift_history import predicted_machines, shift_history
from analytics.services.models_in_force import loaded
from analytics.services.registry import code_hash, in_force, version_named
from analytics.services.replay.parts import ReplayFile
from analytics.services.replay.span import Cadence, Span
from analytics.services.sayings import say
from analytics.services.training import MOST_DAYS, TASK, data_hash
from production.selectors.calendar import plant_timezone
from production.shopfloor.record import instant, us

HEADER = (
    "as_of", "machine_id", "shift_start", "shift_end", "median_min", "expected_min", "lo80", "hi80",
    "lo95", "hi95", "p_downtime_30", "confidence", "risk", "served", "model_version",
)  # fmt: skip
SAID = HEADER[4:14]

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Which model answers: a stored version by number, or one trained as of an instant."""

    number: int | None
    trained_at: datetime | None

    @property
    def name(self) -> str:
        if self.number is not None:
            return f"version {self.number}"
        return f"trained {self.trained_at:%Y-%m-%dT%H:%MZ}"


def replay_downtime(*, span: Span, cadence: Cadence, out: Path, now: datetime, tell: Tell) -> int:
    """Write the file; how many rows it has. Models know only what was known at each as_of."""
    timezone, machines = plant_timezone(), predicted_machines()
    history = shift_history(
        machines=machines,
        start=span.start - timedelta(days=MOST_DAYS),
        end=span.end,
        timezone=timezone,
    )
    rows = _rows(history, span)
    as_of = np.array(
        [us(issue_instant(instant(int(s)), now - GRACE)) for s in history.start_us[rows]],
        dtype=np.int64,
    )
    sources = _sources(as_of, cadence, timezone)
    file = ReplayFile(out, header=HEADER, question=_question(history, span, cadence, now))
    names = []
    for n, (source, chosen) in enumerate(sources):
        names.append(f"{n:05d}")
        share = 100 * n / len(sources)
        tell(share, f"{source.name}, {len(chosen)} shifts")
        file.part(
            names[-1],
            lambda s=source, c=chosen: _part(history, s, rows[c], as_of[c], timezone),
        )
    return file.finish(names)


def _rows(history: ShiftHistory, span: Span) -> Ints:
    """Rows of the span by start and machine."""
    inside = (history.start_us >= us(span.start)) & (history.start_us < us(span.end))
    if span.machine_id is not None:
        inside &= history.machine == history.machines.index(span.machine_id)
    rows = np.flatnonzero(inside)
    return rows[np.lexsort((history.machine[rows], history.start_us[rows]))]


def _sources(as_of: Ints, cadence: Cadence, timezone: str) -> list[tuple[Source, Ints]]:
    """Runs of questions that one model answers."""
    found: list[tuple[Source, list[int]]] = []
    known: dict[int, Source] = {}
    for i, at in enumerate(as_of.tolist()):
        if at not in known:
            known[at] = _source(instant(at), cadence, timezone)
        if not found or found[-1][0] != known[at]:
            found.append((known[at], []))
        found[-1][1].append(i)
    return [(source, np.array(indices)) for source, indices in found]


def _source(as_of: datetime, cadence: Cadence, timezone: str) -> Source:
    """What served then; before the first promotion what a training of that week would have made."""
    served = in_force(TASK, as_of) if cadence.is_usual else None
    if served is not None:
        return Source(served.number, None)
    return Source(None, training_instant(as_of, every_days=cadence.retrain_days, timezone=timezone))


def _part(
    history: ShiftHistory, source: Source, rows: Ints, as_of: Ints, timezone: str
) -> list[list[Any]]:
    """The rows that one model answers; while data are thin each day is tried anew."""
    if source.number is not None:
        model = loaded(version_named(TASK, source.number), downtime.load)
        return _said(model, history, rows, as_of, source.name)
    try:
        model = downtime.train(history, as_of_us=us(source.trained_at))
    except InsufficientData:
        return _day_by_day(history, rows, as_of, timezone)
    return _said(model, history, rows, as_of, source.name)


def _day_by_day(history: ShiftHistory, rows: Ints, as_of: Ints, timezone: str) -> list[list[Any]]:
    found: list[list[Any]] = []
    for source, chosen in _sources(as_of, Cadence(retrain_days=1), timezone):
        try:
            model = downtime.train(history, as_of_us=us(source.trained_at))
        except InsufficientData:
            found += [_place(history, rows[i], as_of[i]) + _nothing() for i in chosen]
        else:
            found += _said(model, history, rows[chosen], as_of[chosen], source.name)
    return found


def _said(
    model: downtime.DowntimeModel, history: ShiftHistory, rows: Ints, as_of: Ints, version: str
) -> list[list[Any]]:
    asked = questions_of(history, rows, as_of)
    said = say(model, history, asked, thresholds=preferences().thresholds)
    return [
        [*_place(history, row, at), *(numbers[name] for name in SAID), version]
        for row, at, numbers in zip(rows, as_of, said, strict=True)
    ]


def _place(history: ShiftHistory, row: int, as_of: int) -> list[Any]:
    return [
        instant(int(as_of)),
        history.machines[history.machine[row]],
        instant(int(history.start_us[row])),
        instant(int(history.end_us[row])),
    ]


def _nothing() -> list[Any]:
    return [None] * (len(SAID) - 1) + ["insufficient", None]


def _question(history: ShiftHistory, span: Span, cadence: Cadence, now: datetime) -> dict[str, Any]:
    return {
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "machine": span.machine_id,
        "retrain_days": cadence.retrain_days,
        "code": code_hash(TASK),
        "data": data_hash(history, now),
        "thresholds": preferences().thresholds,
    }
