"""Shift records: the list of them, and submitting what a person or another system counted."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid, TooLarge
from production.api.query import WINDOW_PARAMETERS, scope_of, window_of
from production.api.wire import RecordPage, SubmitOut, SubmittedRow
from production.selectors.records import newest_first, record_rows, records_in
from production.services.submit import submit_records
from tenants.api.query import PAGE_PARAMETERS, page_of
from tenants.api.view import PlantView
from tenants.permissions import Action

MOST_SUBMITTED = 5000


class Production(PlantView):
    """The records that count, newest first."""

    @extend_schema(
        operation_id="production",
        parameters=[*WINDOW_PARAMETERS, *PAGE_PARAMETERS],
        responses=RecordPage,
    )
    def get(self, request: Request) -> Response:
        window = window_of(request.GET, timezone=self.timezone)
        page = page_of(request)
        scope = scope_of(request.GET)
        records = records_in(window=window, machines=scope.machines, shift=scope.shift)
        part = newest_first(records)[page.offset : page.offset + page.limit]
        return Response(page.envelope(records.count(), record_rows(part)))


class Submit(PlantView):
    """Take shift figures from a person or another system: all rows, or none."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.SUBMIT}

    @extend_schema(operation_id="submit", request=SubmittedRow(many=True), responses=SubmitOut)
    def post(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list):
            raise Invalid("The body must be a list of rows.")
        if len(rows) > MOST_SUBMITTED:
            raise TooLarge(f"At most {MOST_SUBMITTED} rows at once; this has {len(rows)}.")
        return Response(submit_records(rows=rows))
