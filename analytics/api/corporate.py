"""The API's sums over plants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import NotFound
from analytics.api.wire import FIGURES
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors.corporate import PlantSums
from analytics.services.corporate import view_plants
from production.api.query import WINDOW_PARAMETERS, plant_windows, window_of
from production.shopfloor.window import Window
from tenants.api.platform import PlatformView
from tenants.api.wire import number, shape, text
from tenants.selectors import is_base_host, plants_in_sum

KPI_SHAPE = {
    **{name: number() for name in FIGURES},
    "data_version": serializers.IntegerField(),
    "reasons": serializers.DictField(child=serializers.CharField()),
}
PlantKpisOut = shape(
    "PlantKpis", tenant_id=text(), tenant_name=text(), timezone=text(), **KPI_SHAPE
)
CorporateOut = shape(
    "Corporate",
    **{
        "days": serializers.IntegerField(allow_null=True),
        "from": serializers.DateTimeField(),
        "to": serializers.DateTimeField(),
        "tenants": PlantKpisOut(many=True),
        "totals": shape("CorporateTotals", **KPI_SHAPE)(),
    },
)


class CorporateSummary(PlatformView):
    """KPIs of the plants that the caller may see, and of all of them: sums first, then ratios.

    Days and dates are each plant's own; `from` and `to` enclose them all. Base hosts only.
    """

    @extend_schema(
        operation_id="corporate_summary", parameters=WINDOW_PARAMETERS[:3], responses=CorporateOut
    )
    def get(self, request: Request) -> Response:
        if not is_base_host(request.get_host()):
            raise NotFound("There is nothing at this address.")
        plants = plants_in_sum(request.user, token=request.auth)
        windows = plant_windows(request.GET, plants)
        shown = view_plants(windows, user=request.user, asked=request.GET)
        ends = [window for _, window in windows] or [window_of(request.GET, timezone="UTC")]
        return Response({**_head(ends), **_figures(shown)})


def _head(windows: Sequence[Window]) -> dict[str, Any]:
    return {
        "days": windows[0].days,
        "from": min(window.interval.start for window in windows),
        "to": max(window.interval.end for window in windows),
    }


def _figures(plants: Sequence[PlantSums]) -> dict[str, Any]:
    total = sum((one.sums for one in plants), Sums())
    return {
        "tenants": [
            {
                "tenant_id": one.tenant.tenant_id,
                "tenant_name": one.tenant.tenant_name,
                "timezone": one.tenant.timezone,
                **kpis(one.sums),
                "data_version": one.version,
            }
            for one in plants
        ],
        "totals": {**kpis(total), "data_version": sum(one.version for one in plants)},
    }
