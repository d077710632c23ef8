"""Making a plant and taking one away: the order is a row, the owner's login carries it out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import SourceUnavailable
from production.tasks import fill_spares, finish_plants, order
from tenants.api.plants import TenantDetail, TenantOut, object_of
from tenants.api.platform import PlatformView, card, plant_for_platform, require_platform
from tenants.api.query import invalid
from tenants.api.wire import shape, text
from tenants.models import AccessLog, Tenant, User
from tenants.permissions import PlatformAction
from tenants.services.audit import note
from tenants.services.deletion import order_deletion
from tenants.services.plants import enter_tenant

WITHIN_S, LOOK_EVERY_S = 20.0, 0.03
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


def order_plant(*, values: Mapping[str, Any], user: User) -> Tenant:
    """Order a plant and wait until it can be used. Raises Invalid, Conflict, and SourceUnavailable
    where it is not yet there; then it is made later.
    """
    with transaction.atomic():
        tenant = enter_tenant(values=values)
        note(AccessLog.Action.PLANT_CREATED, user=user, tenant_id=tenant.tenant_id)
    order(finish_plants)
    _wait(lambda: _is_ready(tenant), "The plant is still being made; its host will answer soon.")
    order(fill_spares)
    return tenant


def order_end(tenant: Tenant, *, user: User) -> None:
    """Order a plant's end and wait until it is gone. Raises SourceUnavailable as `order_plant`."""
    with transaction.atomic():
        if tenant.status != Tenant.Status.DELETING:
            note(AccessLog.Action.PLANT_DELETED, user=user, tenant_id=tenant.tenant_id)
            order_deletion(tenant)
    order(finish_plants)
    _wait(
        lambda: not Tenant.objects.filter(pk=tenant.pk).exists(),
        "The plant is closed and will be gone soon; send it again to hear when.",
    )


def _is_ready(tenant: Tenant) -> bool:
    tenant.refresh_from_db(fields=["status"])
    return tenant.status == Tenant.Status.ACTIVE


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    """Raises SourceUnavailable when the provision worker is away or busy for too long."""
    deadline = time.monotonic() + WITHIN_S
    while not done():
        if time.monotonic() > deadline:
            raise SourceUnavailable(otherwise)
        time.sleep(LOOK_EVERY_S)
