"""What a lost minute and a scrap piece cost, over the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ai_insights.models import Cost
from tenants.api.query import PAGE_PARAMETERS, page_of
from tenants.api.view import PlantView
from tenants.api.wire import page, shape

PRICES = ("minute_low", "minute_high", "scrap_low", "scrap_high")
CostOut = shape(
    "Cost",
    machine_id=serializers.CharField(allow_null=True),
    valid_from=serializers.DateField(),
    currency=serializers.CharField(),
    **{name: serializers.FloatField() for name in PRICES},
)


class CostList(PlantView):
    """Every cost that is or was set; of a machine the newest that is valid counts."""

    @extend_schema(
        operation_id="ai_costs", parameters=PAGE_PARAMETERS, responses=page("CostPage", CostOut)
    )
    def get(self, request: Request) -> Response:
        found, rows = page_of(request), Cost.objects.select_related("machine")
        part = rows[found.offset : found.offset + found.limit]
        return Response(found.envelope(rows.count(), [_card(row) for row in part]))


def _card(row: Cost) -> dict[str, Any]:
    return {
        "machine_id": row.machine.machine_id if row.machine else None,
        "valid_from": row.valid_from,
        "currency": row.currency,
        **{name: getattr(row, name) for name in PRICES},
    }
