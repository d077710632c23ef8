"""Accounts' pages: django-allauth's views behind our door, and the first password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from amis.errors import AmisError, NotFound
from tenants.middleware import refusal
from tenants.selectors import NO_SUCH_TENANT, plant_of_host
from tenants.services.invitations import invited_by
from tenants.sessions import session_belongs_to

Page = Callable[..., HttpResponse]


def at_home(view: Page) -> Page:
    """A page on a host that is ours; `request.plant_of_host` is its plant, None on a base host.

    A session counts only on the host on which it began.
    """

    @wraps(view)
    @never_cache
    def page(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            request.plant_of_host = plant_of_host(request.get_host())
            if request.user.is_authenticated and not session_belongs_to(
                request, request.get_host()
            ):
                raise NotFound(NO_SUCH_TENANT)
        except AmisError as error:
            return refusal(request, error)
        return view(request, *args, **kwargs)

    return page


@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """The other end of an invitation: asks for a first password and signs in."""
    tenant_id = request.plant_of_host.tenant_id if request.plant_of_host else ""
    try:
        user = invited_by(text, tenant_id=tenant_id)
        form = ResetPasswordKeyForm(request.POST or None, user=user)
        if request.method != "POST" or not form.is_valid():
            return render(request, "account/invitation.html", {"form": form, "invited": user})
        with transaction.atomic():
            form.user = invited_by(text, tenant_id=tenant_id, for_use=True)
            form.save()
    except NotFound as error:
        page = {"message": error.message}
        return render(request, "account/invitation_over.html", page, status=error.status)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    return perform_login(request, Login(user=form.user))
