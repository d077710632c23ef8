"""Which reports are due in the current plant, each written down once.

**By the schedule**: at its time of each of its weekdays the report of the newest plant day that had
ended by then is made and mailed. The row of a day is unique, so two beats give one report; one that
was missed is made and mailed once as soon as the system is up, marked late, and of several missed
the newest only.

**At the start** the last complete day is made if it has no report; a plant's very first one waits
for its predictions. That one is not mailed by itself: nothing asked for it. When the schedule's
time comes, or has passed while the system was down, the same report is mailed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from analytics.ml.instants import GRACE
from analytics.models import Run
from analytics.selectors.settled import predictions_are_settled
from analytics.services.registry import one_at_a_time
from analytics.services.runs import TO_DO, unsent
from production.selectors.calendar import plant_timezone
from production.selectors.complete_day import end_of_day
from reports.models import Report
from reports.selectors.plant_days import day_to_report
from reports.selectors.schedule import newest_instant, plant_schedule
from reports.services.begin import RUN, begin_report, runs_of, same_report, wanted_days
from reports.services.deliveries import mail_report

PATIENCE = timedelta(seconds=150)
"""So long a new plant's first report waits for its first predictions."""
DAILY = Report.Kind.DAILY


def plan_reports(*, now: datetime, at_start: bool = False) -> list[Run]:
    """Write down what is due; the runs to hand to workers."""
    fail_abandoned()
    _plan_scheduled(now)
    if at_start if Report.objects.exists() else _can_begin(now):
        _plan_missing(now)
    return unsent(RUN, now=now)


def fail_abandoned() -> None:
    """A report whose run was cancelled or given up will not come."""
    for report in Report.objects.filter(state=Report.State.MAKING):
        if not runs_of(report).filter(state__in=TO_DO).exists():
            making = Report.objects.filter(pk=report.pk, state=Report.State.MAKING)
            making.update(state=Report.State.FAILED)


def _plan_scheduled(now: datetime) -> None:
    instant = newest_instant(plant_schedule(), now=now, timezone=plant_timezone())
    day = day_to_report(instant) if instant is not None else None
    if instant is None or day is None:
        return
    # A day that ended just now may still get its last data.
    due = max(instant, end_of_day(day) + GRACE)
    if now >= due:
        _make_and_mail(day, now=now, due=due)


@transaction.atomic
def _make_and_mail(day: date, *, now: datetime, due: datetime) -> None:
    one_at_a_time(RUN)
    editions = Report.objects.filter(kind=DAILY, plant_date=day)
    good = editions.exclude(state=Report.State.FAILED)
    failed = editions.filter(state=Report.State.FAILED, mails=True)
    if good.filter(mails=True).exists():
        return
    if best := good.order_by("-revision").first():
        # A next edition that was to be mailed and failed does not hold back the one that there is.
        failed.update(mails=False)
        mail_report(best, due_at=due)
    elif not failed.exists():
        formats = plant_schedule().formats
        begin_report(wanted_days(DAILY, day, formats=formats, mails=True, due_at=due), now=now)


def _can_begin(now: datetime) -> bool:
    """Whether what the plant's first report tells is there, or has been waited for long enough."""
    return now - plant_schedule().since > PATIENCE or predictions_are_settled(now)


@transaction.atomic
def _plan_missing(now: datetime) -> None:
    one_at_a_time(RUN)
    day = day_to_report(now - GRACE)
    known = same_report(DAILY, day) if day is not None else None
    if day is not None and (known is None or known.state == Report.State.FAILED):
        formats = plant_schedule().formats
        begin_report(wanted_days(DAILY, day, formats=formats), now=now)
