"""The list of reports, one of them, and making one of any window that has passed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid, NotFound
from production.api.query import window_of
from production.api.wire import JobOut
from production.services.jobs import job_card
from production.shopfloor.window import Window
from reports.api.wire import ReportIn, ReportOut, ReportPage
from reports.models import Report
from reports.models.schedule import pdf_and_xlsx
from reports.selectors.cards import report_card, shown_reports
from reports.services.asked import ask_for_report
from reports.services.settings import checked_formats
from reports.tasks import send
from tenants.api.query import PAGE_PARAMETERS, invalid, page_of
from tenants.api.view import PlantView
from tenants.permissions import Action

LONGEST = timedelta(days=366, hours=1)
"""A year may have an hour more when clocks change at its ends."""
FIELDS = ("from", "to", "formats")


class Reports(PlantView):
    """Reports that were issued, newest first; a POST makes one, as a job."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.RUN_JOBS}

    @extend_schema(operation_id="reports", parameters=PAGE_PARAMETERS, responses=ReportPage)
    def get(self, request: Request) -> Response:
        page, reports = page_of(request), shown_reports()
        part = reports[page.offset : page.offset + page.limit]
        return Response(page.envelope(reports.count(), [report_card(one) for one in part]))

    @extend_schema(operation_id="report_make", request=ReportIn, responses={202: JobOut})
    def post(self, request: Request) -> Response:
        window, formats = _wanted(request.data, timezone=self.timezone)
        job, run = ask_for_report(
            window=window, formats=formats, now=clock.now(), user=request.user
        )
        send(run)
        headers = {"Location": f"/api/jobs/{job.pk}"}
        return Response(job_card(job), status=202, headers=headers)


class ReportDetail(PlantView):
    """One report."""

    @extend_schema(operation_id="report", responses=ReportOut)
    def get(self, request: Request, report_id: str) -> Response:
        return Response(report_card(report_of(report_id)))


def report_of(report_id: str) -> Report:
    """An issued report by its id. Raises NotFound."""
    is_number = re.fullmatch(r"[0-9]{1,18}", report_id)
    report = shown_reports().filter(pk=int(report_id)).first() if is_number else None
    if report is None:
        raise NotFound("There is no report with this id.")
    return report


def _wanted(data: Any, *, timezone: str) -> tuple[Window, list[str]]:
    """The window and the formats of a request's body. Raises Invalid naming the field."""
    if not isinstance(data, dict):
        raise Invalid("The body must be an object with from, to and formats.")
    for name in data:
        if name not in FIELDS:
            raise invalid(str(name)[:200], f"only {', '.join(FIELDS)} are known")
    ends = {name: data.get(name) for name in ("from", "to")}
    for name, value in ends.items():
        if not isinstance(value, str) or not value:
            raise invalid(name, "must be a plant date or an ISO 8601 instant")
    window = window_of(ends, timezone=timezone)
    _past(window)
    try:
        return window, checked_formats(data.get("formats", pdf_and_xlsx()))
    except ValueError as error:
        raise invalid("formats", str(error)) from None


def _past(window: Window) -> None:
    now, interval = clock.now(), window.interval
    if interval.start >= now:
        raise invalid("from", "lies in the future")
    if interval.end > now:
        raise invalid("to", "lies in the future; a report is of what has passed")
    if interval.start == interval.end:
        raise invalid("to", "must be after from")
    if interval.end - interval.start > LONGEST:
        raise invalid("to", "must be at most 366 days after from")
