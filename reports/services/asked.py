"""A report that a person asked for: any window that has passed, as a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ai_insights.selectors.windows import days_of
from amis.errors import Conflict
from analytics.models import Run
from analytics.services.runs import TO_DO
from production.models import Job
from production.selectors.complete_day import end_of_day
from production.services.jobs import create_job
from production.shopfloor.window import Window
from reports.models import Report
from reports.services.begin import RUN, Wanted, begin_report

MOST_AT_ONCE = 5
KINDS = {1: Report.Kind.DAILY, 7: Report.Kind.WEEKLY}
"""What so many whole plant days are called."""


@transaction.atomic
def ask_for_report(
    *, window: Window, formats: Sequence[str], now: datetime, user: Any
) -> tuple[Job, Run]:
    """The job of a report and the run that makes it. Raises Conflict while the same one, or too
    many of them, are being made.
    """
    if Run.objects.filter(kind=RUN, state__in=TO_DO).count() >= MOST_AT_ONCE:
        raise Conflict(f"{MOST_AT_ONCE} reports are being made; wait for one of them.")
    _, last = days_of(window)
    wanted = Wanted(
        kind=kind_of(window, now=now),
        plant_date=last,
        interval=window.interval,
        formats=formats,
        asked_by=user.label,
    )
    job = create_job(kind=RUN, user_id=user.pk, user_label=user.label)
    _report, run = begin_report(wanted, now=now, job=job)
    Run.objects.filter(pk=run.pk).update(sent_at=now)
    return job, run


def kind_of(window: Window, *, now: datetime) -> str:
    """A day or a week whose shifts have all ended is the daily or weekly report of its last day;
    anything else is a report of its own.
    """
    first, last = days_of(window)
    if window.dates is None or end_of_day(last) > now:
        return Report.Kind.CUSTOM
    return KINDS.get((last - first + timedelta(days=1)).days, Report.Kind.CUSTOM)
