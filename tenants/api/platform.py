"""Doors that act on plants as a whole and do not enter one: who may come near which plant."""

from __future__ import annotations

from typing import Any

from django_tenants.utils import schema_context
from rest_framework.request import Request
from rest_framework.views import APIView

from amis.errors import NotAllowed, NotFound
from tenants import selectors
from tenants.models import Scope, Tenant
from tenants.permissions import Action, PlatformAction, may_on_platform
from tenants.sessions import plant_url


class PlatformView(APIView):
    """On whatever host it is asked: it works under the public role and enters no plant."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with schema_context("public"):
            return super().dispatch(request, *args, **kwargs)


def require_platform(request: Request, action: PlatformAction) -> None:
    """Raise NotAllowed unless the caller, and the key that is used, may do this to any plant."""
    if not is_platforms(request, action):
        raise NotAllowed("This needs a platform administrator.", needed="platform")


def plant_for_platform(request: Request, tenant_id: str) -> Tenant:
    """The plant, in whatever state, for a platform administrator. Raises NotFound or Suspended as
    the plant's own doors do, and NotAllowed for its members.
    """
    if not is_platforms(request, PlatformAction.MANAGE_PLANTS):
        selectors.place_of(request.user, tenant_id, token=request.auth)
        require_platform(request, PlatformAction.MANAGE_PLANTS)
    return _named(tenant_id)


def plant_for_admin(request: Request, tenant_id: str) -> Tenant:
    """The plant for its own administrators and the platform's. Raises as `plant_for_platform`."""
    if not is_platforms(request, PlatformAction.MANAGE_PLANTS):
        place = selectors.place_of(request.user, tenant_id, token=request.auth)
        place.require(Action.ADMINISTER)
        return place.tenant
    return _named(tenant_id)


def card(request: Request, tenant: Tenant) -> dict[str, Any]:
    """A plant as the API shows it, with the address by which the caller reaches it."""
    url = plant_url(tenant, scheme=request.scheme, port=int(request.get_port()))
    return selectors.tenant_card(tenant, url=url)


def is_platforms(request: Request, action: PlatformAction, *, scope: Scope = Scope.MANAGE) -> bool:
    """Whether the caller may do this to any plant, with a key that is for that."""
    token = request.auth
    of_a_plant = token is not None and token.tenant_id is not None
    is_for_this = token is None or scope.value in token.scopes
    return not of_a_plant and is_for_this and may_on_platform(request.user, action)


def _named(tenant_id: str) -> Tenant:
    tenant = None
    if selectors.TENANT_ID.fullmatch(tenant_id):
        tenant = Tenant.objects.filter(schema_name=tenant_id).first()
    if tenant is None:
        raise NotFound(selectors.NO_SUCH_TENANT)
    return tenant
