"""The row of a report that is to be made: which revision it is, and the run that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from amis.errors import Conflict
from amis.interval import Interval
from analytics.models import Run
from analytics.services.registry import one_at_a_time
from analytics.services.runs import TO_DO, Piece, plan_run
from production.models import Job
from reports.models import Report
from reports.models.schedule import pdf_and_xlsx
from reports.selectors.windows import midnights

RUN = "report"
"""Kind of the run and of its job."""
DAYS = {Report.Kind.DAILY: 1, Report.Kind.WEEKLY: 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A report as it is asked for: by the schedule, or by a person whose name is `asked_by`."""

    kind: str
    plant_date: date
    interval: Interval
    formats: Sequence[str] = field(default_factory=pdf_and_xlsx)
    mails: bool = False
    due_at: datetime | None = None
    asked_by: str = ""


def wanted_days(kind: str, last: date, **more: Any) -> Wanted:
    """The daily or weekly report whose last plant day is `last`."""
    interval = midnights(last - timedelta(days=DAYS[Report.Kind(kind)] - 1), last)
    return Wanted(kind=kind, plant_date=last, interval=interval, **more)


def same_report(kind: str, plant_date: date) -> Report | None:
    """The newest revision of a daily or weekly report; of a custom one there is none."""
    if kind == Report.Kind.CUSTOM:
        return None
    rows = Report.objects.filter(kind=kind, plant_date=plant_date)
    return rows.order_by("-revision").first()


@transaction.atomic
def begin_report(wanted: Wanted, *, now: datetime, job: Job | None = None) -> tuple[Report, Run]:
    """Write the report down as being made, and the run that makes it.

    One that was issued gets a next revision, one that failed is tried again in its own row. Raises
    Conflict while the same one is being made.
    """
    one_at_a_time(RUN)
    before = same_report(wanted.kind, wanted.plant_date)
    if before is not None and before.state == Report.State.MAKING:
        if runs_of(before).filter(state__in=TO_DO).exists():
            raise Conflict("This report is being made already.")
        before.state = Report.State.FAILED
    if before is not None and before.state == Report.State.FAILED:
        report = _again(before, wanted)
    else:
        report = _new(wanted, revision=before.revision + 1 if before else 1)
    return report, plan_run(Piece(RUN, now, chunk=str(report.pk)), job=job)


def runs_of(report: Report) -> QuerySet[Run]:
    return Run.objects.filter(kind=RUN, chunk=str(report.pk))


def report_of(run: Run) -> Report | None:
    """The report that a run makes; None when somebody deleted it."""
    return Report.objects.filter(pk=int(run.chunk)).first()


def _new(wanted: Wanted, *, revision: int) -> Report:
    return Report.objects.create(
        kind=wanted.kind,
        plant_date=wanted.plant_date,
        revision=revision,
        start=wanted.interval.start,
        end=wanted.interval.end,
        due_at=wanted.due_at,
        mails=wanted.mails,
        formats=list(wanted.formats),
        asked_by=wanted.asked_by,
    )


def _again(failed: Report, wanted: Wanted) -> Report:
    """What was to be mailed still is; the rest is as it is wanted now."""
    failed.state = Report.State.MAKING
    failed.mails = failed.mails or wanted.mails
    failed.due_at = failed.due_at or wanted.due_at
    failed.formats, failed.asked_by = list(wanted.formats), wanted.asked_by
    failed.save()
    return failed
