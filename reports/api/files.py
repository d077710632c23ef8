"""A report's files, whatever kind of answer the caller says to accept."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from amis.errors import NotFound
from reports.api.reports import report_of
from reports.models import ReportFile
from reports.models.schedule import FORMATS
from reports.selectors.cards import latest_pdf
from reports.services.letter import TYPES
from tenants.api.view import AsItIs, PlantView

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="the file")


class LatestReport(PlantView):
    """The PDF of the report that was made last; 404 before the first."""

    content_negotiation_class = AsItIs

    @extend_schema(operation_id="report_latest", responses={(200, "application/pdf"): FILE})
    def get(self, request: Request) -> HttpResponse:
        file = latest_pdf()
        if file is None:
            raise NotFound("No report has been made yet.")
        return as_answer(file)


class ReportDownload(PlantView):
    """One file of a report, byte for byte as it was mailed."""

    content_negotiation_class = AsItIs

    @extend_schema(operation_id="report_file", responses={(200, "application/octet-stream"): FILE})
    def get(self, request: Request, report_id: str, form: str) -> HttpResponse:
        report = report_of(report_id)
        known = form in FORMATS
        file = ReportFile.objects.filter(report=report, format=form).first() if known else None
        if file is None:
            raise NotFound("This report has no such file.")
        return as_answer(file)


def as_answer(file: ReportFile) -> HttpResponse:
    """A PDF opens in the browser, anything else is saved."""
    kind = "/".join(TYPES.get(file.name.rpartition(".")[2], ("application", "octet-stream")))
    answer = HttpResponse(bytes(file.content), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(file.format != "pdf", file.name)
    answer["Cache-Control"] = "private, no-cache"
    return answer
