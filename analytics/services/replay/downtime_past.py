"""Past shifts asked again, each of the model that answered then or would have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from amis.errors import InsufficientData
from analytics.ml import downtime
from analytics.ml.artefact import load
from analytics.ml.history import Ints, ShiftHistory, questions_of
from analytics.ml.instants import GRACE, issue_instant, training_instant
from analytics.ml.model import DowntimeModel
from analytics.selectors.preferences import preferences
from analytics.selectors.shift_history import predicted_machines, shift_history
from analytics.services.models_in_force import loaded
from analytics.services.registry import in_force, version_named
from analytics.services.replay.span import Cadence, Span
from analytics.services.sayings import say
from analytics.services.training import MOST_DAYS, TASK, history_until
from production.selectors.calendar import plant_timezone
from production.shopfloor.record import instant, us


@dataclass(frozen=True, slots=True)
class Source:
    """Which model answers: a stored version by number, or one trained as of an instant."""

    number: int | None
    trained_at: datetime | None

    @property
    def name(self) -> str:
        if self.number is not None:
            return str(self.number)
        return f"trained {self.trained_at:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a row as of an instant; `said` None where data were too thin."""

    row: int
    as_of: datetime
    said: dict[str, Any] | None
    version: str


@dataclass(frozen=True, slots=True)
class DowntimePast:
    """Rows of a history by start and machine, as of when each is asked, with reasons or not."""

    history: ShiftHistory
    rows: Ints
    as_of: Ints
    cadence: Cadence
    timezone: str
    explain: bool = True

    @classmethod
    def of(
        cls, span: Span, cadence: Cadence, *, now: datetime, explain: bool = True
    ) -> DowntimePast:
        """The shifts of a span; one to come is asked as of the hour, as live."""
        timezone = plant_timezone()
        history = shift_history(
            machines=predicted_machines(),
            start=span.start - timedelta(days=MOST_DAYS),
            end=span.end,
            timezone=timezone,
        )
        rows = _rows(history, span)
        starts = (instant(int(start)) for start in history.start_us[rows])
        as_of = [us(issue_instant(start, now - GRACE)) for start in starts]
        return cls(history, rows, np.array(as_of, dtype=np.int64), cadence, timezone, explain)

    def parts(self) -> list[tuple[Source, Ints]]:
        """Runs of places that one model answers."""
        return _runs(self.as_of, np.arange(len(self.rows)), self.cadence, self.timezone)

    def answers(self, source: Source, places: Ints) -> list[Answer]:
        """While data are too thin for the week's training, each day's is tried."""
        if source.number is not None:
            version = version_named(TASK, source.number)
            return self._said(loaded(version, load), source, places)
        try:
            return self._said(self._trained(source), source, places)
        except InsufficientData:
            daily = Cadence(retrain_days=1)
            runs = _runs(self.as_of[places], places, daily, self.timezone)
            return [answer for day, some in runs for answer in self._of_day(day, some)]

    def _of_day(self, source: Source, places: Ints) -> list[Answer]:
        try:
            return self._said(self._trained(source), source, places)
        except InsufficientData:
            return [
                Answer(int(self.rows[place]), instant(int(self.as_of[place])), None, "")
                for place in places
            ]

    def _trained(self, source: Source) -> DowntimeModel:
        """From the same rows as the plant's own training: of a long past only the newest."""
        at = source.trained_at
        assert at is not None
        begins = instant(int(self.history.start_us.min()))
        is_long = begins < at - timedelta(days=MOST_DAYS)
        return downtime.train(history_until(at) if is_long else self.history, as_of_us=us(at))

    def _said(self, model: DowntimeModel, source: Source, places: Ints) -> list[Answer]:
        rows, as_of = self.rows[places], self.as_of[places]
        asked = questions_of(self.history, rows, as_of)
        thresholds = preferences().thresholds
        said = say(model, self.history, asked, thresholds=thresholds, explain=self.explain)
        return [
            Answer(int(row), instant(int(at)), numbers, source.name)
            for row, at, numbers in zip(rows, as_of, said, strict=True)
        ]


def _rows(history: ShiftHistory, span: Span) -> Ints:
    inside = (history.start_us >= us(span.start)) & (history.start_us < us(span.end))
    if span.machine_id is not None:
        names = np.array(history.machines)[history.machine]
        inside &= names == span.machine_id
    rows = np.flatnonzero(inside)
    return rows[np.lexsort((history.machine[rows], history.start_us[rows]))]


def _runs(as_of: Ints, places: Ints, cadence: Cadence, timezone: str) -> list[tuple[Source, Ints]]:
    found: list[tuple[Source, list[int]]] = []
    known: dict[int, Source] = {}
    for at, place in zip(as_of.tolist(), places.tolist(), strict=True):
        if at not in known:
            known[at] = _source(instant(at), cadence, timezone)
        if not found or found[-1][0] != known[at]:
            found.append((known[at], []))
        found[-1][1].append(place)
    return [(source, np.array(some, dtype=np.int64)) for source, some in found]


def _source(as_of: datetime, cadence: Cadence, timezone: str) -> Source:
    """What served then; before the first promotion what a training of that week would have made."""
    served = in_force(TASK, as_of) if cadence.is_usual else None
    if served is not None:
        return Source(served.number, None)
    days = cadence.retrain_days
    return Source(None, training_instant(as_of, every_days=days, timezone=timezone))
