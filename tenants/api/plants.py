"""The list of plants, and what may change about one: its names, and whether it is in service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid
from tenants.api.platform import PlatformView, card, plant_for_admin, plant_for_platform
from tenants.api.query import choice_of
from tenants.api.wire import moment, shape, text
from tenants.models import AccessLog, Scope, Tenant
from tenants.permissions import require_scope
from tenants.selectors import visible_tenants
from tenants.services.audit import note
from tenants.services.plants import change_tenant, resume, suspend

TRUTH = {"true": True, "1": True, "false": False, "0": False}
TenantOut = shape(
    "Tenant",
    **{key: text() for key in ("tenant_id", "tenant_name", "plant_location", "timezone")},
    status=serializers.ChoiceField(Tenant.Status.choices),
    url=serializers.URLField(),
    created_at=moment(),
)
TenantsOut = shape("Tenants", tenants=TenantOut(many=True))
TenantChange = shape(
    "TenantChange",
    tenant_name=serializers.CharField(required=False),
    plant_location=serializers.CharField(required=False, allow_blank=True),
)


def object_of(request: Request) -> Mapping[str, Any]:
    """The body. Raises Invalid unless it is one JSON object."""
    if not isinstance(request.data, Mapping):
        raise Invalid("The body must be one object.")
    return request.data


class Tenants(PlatformView):
    """The plants that the caller may enter, and those of his that are out of service."""

    @extend_schema(
        operation_id="tenants_list",
        parameters=[OpenApiParameter("active_only", bool)],
        responses=TenantsOut,
    )
    def get(self, request: Request) -> Response:
        if request.auth is not None:
            require_scope(request.auth.scopes, Scope.READ)
        asked = choice_of(request.GET, "active_only", tuple(TRUTH))
        plants = visible_tenants(
            request.user, token=request.auth, suspended=not TRUTH[asked or "false"]
        )
        return Response({"tenants": [card(request, plant) for plant in plants]})


class TenantDetail(PlatformView):
    """One plant's names."""

    @extend_schema(operation_id="tenant_change", request=TenantChange, responses=TenantOut)
    def patch(self, request: Request, tenant_id: str) -> Response:
        tenant = plant_for_admin(request, tenant_id)
        with transaction.atomic():
            change_tenant(tenant, values=object_of(request))
            note(AccessLog.Action.PLANT_CHANGED, user=request.user, tenant_id=tenant_id)
        return Response(card(request, tenant))


class Suspend(PlatformView):
    """Take a plant out of service: nobody enters it, open pages close, nothing is collected."""

    @extend_schema(operation_id="tenant_suspend", request=None, responses=TenantOut)
    def post(self, request: Request, tenant_id: str) -> Response:
        tenant = plant_for_platform(request, tenant_id)
        with transaction.atomic():
            suspend(tenant)
            note(AccessLog.Action.PLANT_SUSPENDED, user=request.user, tenant_id=tenant_id)
        return Response(card(request, tenant))


class Resume(PlatformView):
    """Put a suspended plant back into service."""

    @extend_schema(operation_id="tenant_resume", request=None, responses=TenantOut)
    def post(self, request: Request, tenant_id: str) -> Response:
        tenant = plant_for_platform(request, tenant_id)
        with transaction.atomic():
            resume(tenant)
            note(AccessLog.Action.PLANT_RESUMED, user=request.user, tenant_id=tenant_id)
        return Response(card(request, tenant))
