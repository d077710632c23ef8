"""Making a plant and taking one away: the order is a row, the owner's login carries it out."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from production.orders import order_end, order_plant
from tenants.api.plants import TenantDetail, TenantOut, object_of
from tenants.api.platform import PlatformView, card, plant_for_platform, require_platform
from tenants.api.query import invalid
from tenants.api.wire import shape, text
from tenants.permissions import PlatformAction

NewTenant = shape(
    "NewTenant",
    tenant_id=text(),
    tenant_name=text(),
    plant_location=serializers.CharField(required=False, allow_blank=True, allow_null=True),
    timezone=serializers.CharField(required=False, allow_null=True),
)
Confirmation = shape("Confirmation", confirm=text())


class TenantCreate(PlatformView):
    """Make a plant; the answer comes when it can be used."""

    @extend_schema(operation_id="tenants_create", request=NewTenant, responses={201: TenantOut})
    def post(self, request: Request) -> Response:
        require_platform(request, PlatformAction.MANAGE_PLANTS)
        tenant = order_plant(values=object_of(request), user=request.user)
        return Response(card(request, tenant), status=201)


class TenantLife(TenantDetail):
    """One plant: its names, and its end."""

    @extend_schema(
        operation_id="tenant_delete",
        request=Confirmation,
        responses={204: OpenApiResponse(description="Gone, with everything that was kept of it.")},
    )
    def delete(self, request: Request, tenant_id: str) -> Response:
        tenant = plant_for_platform(request, tenant_id)
        if object_of(request).get("confirm") != tenant_id:
            raise invalid("confirm", f'must be "{tenant_id}", so that no other plant is meant')
        order_end(tenant, user=request.user)
        return Response(status=204)
