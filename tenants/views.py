"""Choosing a plant and crossing to its host."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from amis.errors import AmisError, NotFound
from tenants import selectors, sessions
from tenants.middleware import refusal
from tenants.models import AccessLog, Tenant
from tenants.permissions import PlatformAction, may_on_platform
from tenants.services.audit import note

Page = Callable[..., HttpResponse]


def by_session(view: Page) -> Page:
    """A page for a person whose session began on this very host."""

    @wraps(view)
    @never_cache
    @require_GET
    @login_required
    def page(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not sessions.session_belongs_to(request, request.get_host()):
            return refusal(request, NotFound(selectors.NO_SUCH_TENANT))
        return view(request, **kwargs)

    return page


@by_session
def plants(request: HttpRequest) -> HttpResponse:
    """Every plant that the person may enter, each with its way in."""
    choices = [
        {"tenant": tenant, "role": role}
        for tenant, role in selectors.roles_of(request.user)
        if tenant.status == Tenant.Status.ACTIVE
    ]
    has_sums = bool(choices) or may_on_platform(request.user, PlatformAction.VIEW_CORPORATE)
    return render(request, "accounts/plants.html", {"plants": choices, "has_sums": has_sums})


@by_session
def go(request: HttpRequest, tenant_id: str) -> HttpResponse:
    """Send the person to a plant's host with a link that signs in once."""
    try:
        place = selectors.place_of(request.user, tenant_id)
    except AmisError as error:
        return refusal(request, error)
    port = int(request.get_port())
    url = sessions.plant_url(place.tenant, scheme=request.scheme, port=port)
    since = request.session.get(sessions.SIGNED_IN_AT, 0.0)
    path = sessions.handover_path(request.user, place.tenant, signed_in_at=since)
    return redirect(url + path)


@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """The other end of `go`, on the plant's host."""
    try:
        tenant = selectors.plant_of_host(request.get_host())
        if tenant is None:
            raise NotFound(selectors.NO_SUCH_TENANT)
        ticket = request.GET.get("ticket", "")
        user = sessions.accept_handover(request, ticket, tenant.tenant_id)
        note(AccessLog.Action.HANDED_OVER, user=user, tenant_id=tenant.tenant_id)
    except AmisError as error:
        return refusal(request, error)
    return redirect("/")
