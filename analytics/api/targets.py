"""What the plant wants to reach, over the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import Target
from tenants.api.query import PAGE_PARAMETERS, page_of
from tenants.api.view import PlantView
from tenants.api.wire import page, shape

TargetOut = shape(
    "Target",
    metric=serializers.ChoiceField(Target.Metric.choices),
    machine_id=serializers.CharField(allow_null=True),
    valid_from=serializers.DateField(),
    value=serializers.FloatField(),
)


class Targets(PlantView):
    """Every target that is or was set; of a metric and machine the newest that is valid counts."""

    @extend_schema(
        operation_id="targets",
        parameters=PAGE_PARAMETERS,
        responses=page("TargetPage", TargetOut),
    )
    def get(self, request: Request) -> Response:
        found, rows = page_of(request), Target.objects.select_related("machine")
        part = rows[found.offset : found.offset + found.limit]
        return Response(found.envelope(rows.count(), [_card(row) for row in part]))


def _card(row: Target) -> dict[str, Any]:
    return {
        "metric": row.metric,
        "machine_id": row.machine.machine_id if row.machine else None,
        "valid_from": row.valid_from,
        "value": row.value,
    }
