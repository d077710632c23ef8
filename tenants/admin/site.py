"""The admin's one address on every host: a plant's face, and the platform's on the base host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.admin import AdminSite
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db import DataError, ProgrammingError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from amis.errors import AmisError
from tenants.middleware import refusal
from tenants.permissions import Action, PlatformAction, may_on_platform

# These pages read accounts, sessions and content types, which a plant's role cannot.
NOT_IN_A_PLANT = frozenset({"password_change", "password_change_done", "logout"})
# Its page looks rows of any table up, those of the other face too; no row here has a page there.
NOWHERE = "view_on_site"
# What a NUL, a year 0, half a range or an unclosed bracket in an address brings about.
WRONG_FILTER = (ArithmeticError, LookupError, TypeError, ValueError, DataError, ProgrammingError)


class AmisAdmin(AdminSite):
    """One site with two faces: what it shows depends on whether the request is in a plant."""

    site_title = site_header = "AMIS"
    index_title = _("Configuration")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        if request.place is None:
            return is_platforms(request)
        return request.place.may(Action.CONFIGURE)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        """The door knows who asks; without the right it is 403, not a second sign-in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            name = request.resolver_match.url_name
            if name == NOWHERE or (request.place is not None and name in NOT_IN_A_PLANT):
                raise Http404
            try:
                return inner(request, *args, **kwargs)
            except AmisError as error:
                return refusal(request, error)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one page for that, which asks as it must and writes it down."""
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        get_adapter().logout(request)
        return redirect("account_login")


site = AmisAdmin(name="admin")


def is_platforms(request: HttpRequest) -> bool:
    """Whether a platform administrator asks, by a session: keys are for the API."""
    user = request.user
    by_session = request.token is None
    return user.is_active and by_session and may_on_platform(user, PlatformAction.MANAGE_PLANTS)


class Allowed:
    """All rights of a page hang on one question."""

    def is_allowed(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Model | None:
        """Django looks the row up before it asks for rights; the database role of one face has none
        at the tables of the other.
        """
        if not self.is_allowed(request):
            raise PermissionDenied
        return super().get_object(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django leads a wrong filter back to the whole list; some it would meet only later, where
        the rows are read or drawn.
        """
        try:
            page = super().changelist_view(request, extra_context)
            return page.render() if isinstance(page, TemplateResponse) else page
        except WRONG_FILTER:
            if request.method == "POST" or set(request.GET) <= {ERROR_FLAG}:
                raise
            return redirect(f"{request.path}?{ERROR_FLAG}=1")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)


class ReadOnly:
    """Rows that a page shows and no form changes; put it before the page's own class."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def told(what: str, name: str, message: Any) -> str:
    """What was done, for the access log: "changed machine 7: capacity, line".

    `message` is Django's list of what a form changed. Values are not told: they may be secrets.
    """
    changes = [
        one["changed"] for one in message or () if isinstance(one, dict) and "changed" in one
    ]
    fields = ", ".join(str(field).lower() for one in changes for field in one.get("fields", ()))
    return f"{what} {name}" + (f": {fields}" if fields else "")
