"""What was odd in the data of a window."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from production.api.query import WINDOW_PARAMETERS, window_of
from production.models import DataIssue
from production.selectors.data_issues import issues_in
from tenants.api.query import PAGE_PARAMETERS, choice_of, page_of
from tenants.api.view import PlantView
from tenants.api.wire import moment, page, shape

KINDS = tuple(DataIssue.Kind.values)
DataIssueOut = shape(
    "DataIssue",
    machine_id=serializers.CharField(allow_null=True),
    signal=serializers.CharField(allow_null=True),
    kind=serializers.ChoiceField(KINDS),
    started_at=serializers.DateTimeField(),
    ended_at=moment(),
    sample_count=serializers.IntegerField(allow_null=True),
)


class DataIssues(PlantView):
    """Newest first: gaps, counters that were set back, values of another type, …"""

    @extend_schema(
        operation_id="data_issues",
        parameters=[
            *(one for one in WINDOW_PARAMETERS if one.name in ("days", "from", "to")),
            OpenApiParameter("kind", str, enum=KINDS),
            *PAGE_PARAMETERS,
        ],
        responses=page("DataIssuePage", DataIssueOut),
    )
    def get(self, request: Request) -> Response:
        window = window_of(request.GET, timezone=self.timezone)
        found, kind = page_of(request), choice_of(request.GET, "kind", KINDS)
        rows = issues_in(window.interval, kind=kind).select_related("signal__machine")
        part = rows[found.offset : found.offset + found.limit]
        return Response(found.envelope(rows.count(), [_card(row) for row in part]))


def _card(row: DataIssue) -> dict[str, Any]:
    signal = row.signal
    return {
        "machine_id": signal.machine.machine_id if signal else None,
        "signal": signal.name if signal else None,
        "kind": row.kind,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "sample_count": row.sample_count,
    }
