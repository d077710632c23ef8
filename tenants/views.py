"""Signing in and out, choosing a plant, and crossing to its host."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

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


class SignIn(LoginView):
    """A plain form; on a plant's host it names the plant."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.tenant = _tenant_of(request)
        except AmisError as error:
            return refusal(request, error)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        sessions.begin_session(self.request, form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def get_default_redirect_url(self) -> str:
        return "/" if self.tenant else "/accounts/plants/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tenant=self.tenant, **kwargs)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/accounts/login/")


@by_session
def plants(request: HttpRequest) -> HttpResponse:
    """Every plant that the person may enter, each with its way in."""
    choices = [
        {"tenant": tenant, "role": selectors.place_of(request.user, tenant.tenant_id).role}
        for tenant in selectors.visible_tenants(request.user)
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
    return redirect(url + sessions.handover_path(request.user, place.tenant))


@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """The other end of `go`, on the plant's host."""
    try:
        tenant = _tenant_of(request)
        if tenant is None:
            raise NotFound(selectors.NO_SUCH_TENANT)
        ticket = request.GET.get("ticket", "")
        user = sessions.accept_handover(request, ticket, tenant.tenant_id)
        note(AccessLog.Action.HANDED_OVER, user=user, tenant_id=tenant.tenant_id)
    except AmisError as error:
        return refusal(request, error)
    return redirect("/")


def _tenant_of(request: HttpRequest) -> Tenant | None:
    tenant_id = selectors.tenant_of_host(request.get_host())
    return Tenant.objects.filter(schema_name=tenant_id).first() if tenant_id else None
