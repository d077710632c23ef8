"""A daily report now, in the process that asks: the one that there is, or a new one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone as clock

from amis.errors import AmisError, Invalid
from analytics.models import Run
from analytics.services.runs import TO_DO, carry_out
from production.selectors.complete_day import end_of_day
from reports.document.plain import to_plain
from reports.models import Report
from reports.selectors.content.rows import record_rows_of, stop_rows_of
from reports.selectors.content.sheet import sheet_of
from reports.selectors.plant_days import day_to_report
from reports.services.begin import begin_report, runs_of, same_report, wanted_days
from reports.services.make import make_report

WITHIN_S, LOOK_EVERY_S = 600.0, 0.5
Tell = Callable[[float, str], None]


def day_asked(day: date | None, *, now: datetime) -> date:
    """The day that is asked for, or the newest that has ended. Raises Invalid."""
    if day is None:
        newest = day_to_report(now)
        if newest is None:
            raise Invalid("No plant day with a shift record has ended yet.")
        return newest
    if end_of_day(day) > now:
        raise Invalid(f"The plant day {day} has not ended; its last shift ends {end_of_day(day)}.")
    return day


def report_at_once(day: date, *, again: bool, tell: Tell) -> Report:
    """The day's report, issued. One that was issued before is returned unless `again`, or unless
    records or stops of that day were changed since: then a next revision supersedes it.

    Raises AmisError with the reason where it cannot be made.
    """
    report = same_report(Report.Kind.DAILY, day)
    is_issued = report is not None and report.state == Report.State.ISSUED
    if report is not None and is_issued and not again and not has_changed(report):
        return report
    if report is None or report.state != Report.State.MAKING:
        wanted = wanted_days(Report.Kind.DAILY, day, asked_by="make_report")
        report, _run = begin_report(wanted, now=clock.now())
    _carry_out_or_wait(report, tell)
    report.refresh_from_db()
    if report.state != Report.State.ISSUED:
        raise AmisError(_why(report))
    return report


def has_changed(report: Report) -> bool:
    """Whether the records or stops that an issued report shows are others now."""
    sheet = sheet_of(report, now=clock.now())
    shown = report.content.get("records"), report.content.get("stops")
    return shown != (to_plain(record_rows_of(sheet)), to_plain(stop_rows_of(sheet)))


def _carry_out_or_wait(report: Report, tell: Tell) -> None:
    """Make it, or wait for the worker that has it already."""
    ends = time.monotonic() + WITHIN_S
    while time.monotonic() < ends:
        run = runs_of(report).filter(state__in=TO_DO).order_by("-pk").first()
        if run is None:
            return
        if not _carry_out(run, tell):
            time.sleep(LOOK_EVERY_S)


def _carry_out(run: Run, tell: Tell) -> bool:
    return carry_out(run.pk, lambda told: make_report(run, tell=_both(told, tell)), is_watched=True)


def _both(told: Tell, tell: Tell) -> Tell:
    """Progress for the job, and for whoever waits at the terminal."""

    def say(percent: float, step: str) -> None:
        told(percent, step)
        tell(percent, step)

    return say


def _why(report: Report) -> str:
    run: Run | None = runs_of(report).order_by("-pk").first()
    message = str(run.detail.get("message", "")) if run else ""
    return message or "The report was not made; the log has the reason."
