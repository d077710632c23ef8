"""What is due in a plant: trainings once a week, scores once an hour, forecasts once a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone as clock

from analytics.forecasting.pool.roster import installed
from analytics.ml.instants import GRACE, midnight, plant_day, training_instant
from analytics.models import ModelVersion, Promotion, Run
from analytics.selectors.shift_history import first_start, predicted_machines
from analytics.selectors.signal_series import first_sample_day
from analytics.services.drift import has_drifted
from analytics.services.registry import champion, in_force
from analytics.services.runs import SENT_AGAIN, Piece, plan_run
from analytics.services.scoring import open_questions
from analytics.services.work import KINDS
from production.models import Machine
from production.selectors.calendar import plant_timezone

WEEK = 7
AT_ONCE, TRAININGS_AT_ONCE = 2, 1
"""So many pieces of a plant may be with workers at a time, and so many of them trainings: the queue
goes round between plants, and what takes seconds does not wait for what takes minutes.
"""
LSTM_PATIENCE = timedelta(minutes=30)
AFTER_MIDNIGHT = timedelta(minutes=5)
KEEP = timedelta(days=60)
ONCE = ("look_back", "look_back_days")
"""Kinds whose row is kept, because it says that they need not be done again."""
THIN_REST, LONGEST_REST = timedelta(minutes=2), timedelta(minutes=20)
DEADLINE = time(7, 45)
"""Plant time at which the report of 08:00 must have its forecasts."""
TRAININGS = {
    "train_downtime": ModelVersion.Task.DOWNTIME,
    "train_forecast": ModelVersion.Task.FORECAST,
    "train_anomaly": ModelVersion.Task.ANOMALY,
}


def plan(*, now: datetime) -> list[Run]:
    """Write down what is due in the current plant; the runs to hand to workers, in order."""
    machines = predicted_machines()
    timezone = plant_timezone()
    if first_start(machines) is None and first_sample_day(timezone) is None:
        return []
    _try_thin_again(now, timezone)
    for piece in _due(machines, now=now, timezone=timezone):
        plan_run(piece)
    Run.objects.filter(finished_at__lt=now - KEEP).exclude(kind__in=ONCE).delete()
    return _to_send(now)


def _try_thin_again(now: datetime, timezone: str) -> None:
    """A past that was too thin may have been imported meanwhile: the week's training and the day's
    are tried again, those of earlier days have nothing to add.
    """
    instants = [
        training_instant(now - GRACE, every_days=days, timezone=timezone) for days in (WEEK, 1)
    ]
    thin = Run.objects.filter(
        kind__in=(*TRAININGS, "train_lstm"), state=Run.State.THIN, chunk="", due_at__in=instants
    )
    rested = [run.pk for run in thin if now - run.finished_at > _rest(run)]
    Run.objects.filter(pk__in=rested).update(state=Run.State.WAITING, attempts=0, sent_at=None)


def _rest(run: Run) -> timedelta:
    """Soon at first, while somebody sets the plant up; then seldom, because each look costs a
    worker its imports.
    """
    return min(max((run.finished_at - run.created_at) / 2, THIN_REST), LONGEST_REST)


def _due(machines: list[Machine], *, now: datetime, timezone: str) -> Iterator[Piece]:
    heard = now - GRACE
    hour = heard.replace(minute=0, second=0, microsecond=0)
    yield from _trainings(heard, timezone)
    if has_drifted(now):
        day = training_instant(heard, every_days=1, timezone=timezone)
        yield Piece("train_downtime", day, chunk="drift")
    if champion(ModelVersion.Task.DOWNTIME):
        for as_of in {one.as_of for one in open_questions(machines, now=now, timezone=timezone)}:
            yield Piece("score", as_of)
        yield from _look_back("look_back", ModelVersion.Task.DOWNTIME)
    if champion(ModelVersion.Task.FORECAST):
        yield Piece("forecast", midnight(plant_day(now - AFTER_MIDNIGHT, timezone), timezone))
        yield from _look_back("look_back_days", ModelVersion.Task.FORECAST)
    yield from _late(now, timezone)
    if champion(ModelVersion.Task.ANOMALY):
        yield Piece("detect", hour)
    yield Piece("detect_shifts", hour)
    yield Piece("grade", hour)


def _look_back(kind: str, task: str) -> Iterator[Piece]:
    """Once in a plant's life, before its first model of a task."""
    first = Promotion.objects.filter(version__task=task).order_by("at").first()
    if first is not None:
        yield Piece(kind, first.version.as_of)


def _late(now: datetime, timezone: str) -> Iterator[Piece]:
    """What the morning's report needs and is not there: cheap members say it, and say so.

    On the day on which a plant has its first model nothing is late.
    """
    local = now.astimezone(ZoneInfo(timezone))
    if local.time() < DEADLINE:
        return
    deadline = local.replace(hour=DEADLINE.hour, minute=DEADLINE.minute, second=0, microsecond=0)
    due_at = midnight(local.date(), timezone)
    done = Run.objects.filter(kind="forecast", due_at=due_at, state=Run.State.DONE)
    if in_force(ModelVersion.Task.FORECAST, deadline) and not done.exists():
        yield Piece("forecast_cheap", due_at)


def _trainings(heard: datetime, timezone: str) -> Iterator[Piece]:
    """Weekly; while data are too thin for the week's training, each day tries anew."""
    for kind in TRAININGS:
        due_at = training_instant(heard, every_days=WEEK, timezone=timezone)
        if Run.objects.filter(kind=kind, due_at=due_at, state=Run.State.THIN).exists():
            due_at = training_instant(heard, every_days=1, timezone=timezone)
        if kind == "train_forecast" and "lstm" in installed():
            yield Piece("train_lstm", due_at)
            if _lstm_is_awaited(due_at):
                continue
        yield Piece(kind, due_at)


def _lstm_is_awaited(due_at: datetime) -> bool:
    """The pool waits for the LSTM, but not for ever: without it the rest is combined."""
    run = Run.objects.filter(kind="train_lstm", due_at=due_at).first()
    if run is None:
        return True
    return run.finished_at is None and clock.now() - run.created_at < LSTM_PATIENCE


def _to_send(now: datetime) -> list[Run]:
    """Pieces that nobody has, as many as the plant may have under way; short ones first."""
    open_runs = Run.objects.filter(state__in=(Run.State.WAITING, Run.State.RUNNING))
    held = Q(lease_until__gte=now) | Q(state=Run.State.WAITING, sent_at__gt=now - SENT_AGAIN)
    chosen: list[Run] = []
    for queue in sorted({kind.queue for kind in KINDS.values()}):
        kinds = [name for name, kind in KINDS.items() if kind.queue == queue]
        under_way = list(open_runs.filter(held, kind__in=kinds))
        waiting = sorted(open_runs.filter(kind__in=kinds).exclude(held), key=_rank)
        for run in waiting:
            if _has_room(run, under_way):
                under_way.append(run)
                chosen.append(run)
    Run.objects.filter(pk__in=[run.pk for run in chosen]).update(sent_at=now)
    return chosen


def _has_room(run: Run, under_way: list[Run]) -> bool:
    long = [one for one in under_way if KINDS[one.kind].title]
    is_long = bool(KINDS[run.kind].title)
    return len(under_way) < AT_ONCE and not (is_long and len(long) >= TRAININGS_AT_ONCE)


def _rank(run: Run) -> tuple[bool, int, datetime]:
    """What a person asked for, then what takes seconds, then the rest in the order of KINDS."""
    was_asked = run.job is not None and run.job.user_id is not None
    order = list(KINDS).index(run.kind) if KINDS[run.kind].title else -1
    return not was_asked, order, run.due_at
