"""What the pages of a plant's people have in common: who may come, and how a fault is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_tenants.utils import schema_context

from amis.errors import AmisError
from tenants.middleware import refusal
from tenants.permissions import Action

Page = Callable[[HttpRequest], HttpResponse]


def of_people(view: Page) -> Page:
    """A page on a plant's host for who manages its people; it reads under the public role, because
    the plant's sees no account.
    """

    @wraps(view)
    @never_cache
    @sensitive_post_parameters()
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest) -> HttpResponse:
        if request.place is None:
            return redirect("/accounts/plants/")
        try:
            request.place.require(Action.MANAGE_PEOPLE)
            with schema_context("public"):
                return view(request)
        except AmisError as error:
            return refusal(request, error)

    return page


def show(
    request: HttpRequest, template: str, context: dict[str, Any], fault: AmisError | None = None
) -> HttpResponse:
    """The page, with a refused form's fault where there is one: by field, else as a sentence."""
    errors = fault.extra.get("errors", []) if fault else []
    common = {
        "page": "settings",
        "now": clock.now(),
        "may_manage_people": True,
        "faults": {error["field"]: error["message"] for error in errors},
        "fault": fault.message if fault and not errors else "",
    }
    status = fault.status if fault else 200
    return render(request, template, common | context, status=status)
