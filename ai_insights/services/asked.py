"""An analysis that a person asked for, as a job; and the one that each complete day brings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ai_insights.models import Insight
from ai_insights.selectors.insights import insight_of
from ai_insights.selectors.windows import DAILY_DAYS, insight_window
from ai_insights.services.write import write_insight
from analytics.models import Run
from analytics.selectors.settled import predictions_are_settled, predictions_are_there
from analytics.services.runs import Piece, plan_run, unsent
from production.models import Job, ProductionRecord
from production.services.jobs import create_job
from tenants.rates import check_analyses

KIND = "insight"
PAGE = "/insights/"
PREDICTED = "predicted"


@transaction.atomic
def ask_for_insight(*, days: int, now: datetime, user: Any) -> tuple[Job, Run]:
    """The job of an analysis that is written anew. Raises TooMany."""
    check_analyses(connection.schema_name)
    job = create_job(kind=KIND, user_id=user.pk, user_label=str(user))
    return job, plan_run(Piece(KIND, now, chunk=f"{days}:{job.pk}"), job=job)


def current_insight(*, days: int, now: datetime) -> Insight:
    """The newest analysis of the last `days` complete days; where there is none yet, one that our
    rules write at once, and write again while nothing is known of these days.
    """
    window = insight_window(days, now=now)
    known = insight_of(window)
    if known is not None and known.knows_something:
        return known
    return write_insight(window=window, now=now, by_model=False)


def plan_insights(*, now: datetime) -> list[Run]:
    """Write down which of the day's analyses are due; the runs to hand to workers.

    What a reader had written earlier does not stand in for one: it knew of no prediction, and no
    language model was asked.
    """
    if ProductionRecord.objects.exists() and predictions_are_settled(now):
        for days in DAILY_DAYS:
            window = insight_window(days, now=now)
            # Of a plant's first day, while it goes on; the complete day has one of its own.
            chunk = str(days) if window.days is None else f"{days}:so-far"
            plan_run(Piece(KIND, window.interval.end, chunk=chunk))
            if _came_late(insight_of(window), now):
                plan_run(Piece(KIND, window.interval.end, chunk=f"{days}:{PREDICTED}"))
    return unsent(KIND, now=now)


def _came_late(written: Insight | None, now: datetime) -> bool:
    """Whether the predictions that an analysis did not wait for are there now."""
    return written is not None and written.lacks_predictions and predictions_are_there(now)


def write_run(run: Run, *, now: datetime, tell: Any) -> str:
    """Do a run: the days stand before the colon of its chunk."""
    days = int(run.chunk.split(":")[0])
    asked_by = run.job.user_label if run.job and run.job.user_id else ""
    write_insight(window=insight_window(days, now=now), now=now, asked_by=asked_by, tell=tell)
    return f"{PAGE}?days={days}"
