"""The door of every HTTP request: first who, then where, and only then the plant is entered."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_tenants.utils import tenant_context

from amis import trace
from amis.errors import AmisError, NotFound, NotSignedIn, TooMany
from tenants import rates, selectors, served
from tenants.models import User
from tenants.permissions import Place
from tenants.services.entries import note_entry
from tenants.services.tokens import shown_token
from tenants.sessions import session_belongs_to

Answer = Callable[[HttpRequest], HttpResponse]
OPEN_PREFIXES = ("/accounts/", "/static/")
OPEN_PATHS = frozenset(
    path + end
    for path in ("/api/health", "/api/schema", "/api/docs", "/healthz", "/readyz", "/metrics")
    for end in ("", "/")
)
# On a base host these mean no plant, however many the caller may enter.
OF_NO_PLANT = re.compile(r"^/api/(tenants/|corporate/|users/[^/]+/tenants/?$)")


class Door:
    """Sets `request.user`, `request.token` and `request.place`, and enters the plant.

    Anonymous callers get 401 (API) or the sign-in page; an unknown and a foreign plant the same
    404. Everything is read under the public role before the plant's role is taken.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        request.place = request.token = None
        try:
            if is_open(request):
                return self.get_response(request)
            _identify(request)
            trace.user.set(request.user.username)
            rates.check_user(request.user.pk)
            request.place = _locate(request)
            if request.place is not None:
                rates.check_plant(request.place.tenant.schema_name)
                note_entry(request.user, request.place)
        except AmisError as error:
            return refusal(request, error)
        if request.place is None:
            return self.get_response(request)
        with tenant_context(request.place.tenant):
            response = self.get_response(request)
        served.count_answer(request.place.tenant.schema_name, response.status_code)
        return response


def is_open(request: HttpRequest) -> bool:
    """Doors that answer without knowing who asks; none of them shows a plant's data."""
    path = request.path_info
    if path in OPEN_PATHS or path.startswith(OPEN_PREFIXES):
        return True
    return path == "/" and wants_json(request)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _identify(request: HttpRequest) -> None:
    """Take the token where there is one, else the session. Raises NotSignedIn or TooMany."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "token":
        request.token = shown_token(text.strip())
        request.user = request.token.user
        # A token is not sent by a browser on its own, so there is no forgery to guard against.
        request._dont_enforce_csrf_checks = True
    elif not request.user.is_authenticated:
        raise NotSignedIn("Sign in, or send a token: Authorization: Token <token>.")


def _locate(request: HttpRequest) -> Place | None:
    """The plant that the request means; None for the few pages of the base host."""
    user: User = request.user
    host = request.get_host()
    if not session_belongs_to(request, host):
        raise NotFound(selectors.NO_SUCH_TENANT)
    if selectors.names_plant_itself(host=host, path=request.path_info):
        return None
    named = selectors.named_tenant(
        host=host, path=request.path_info, header=request.headers.get("X-Tenant")
    )
    if named is not None:
        return selectors.place_of(user, named, token=request.token)
    if is_api(request) and not OF_NO_PLANT.match(request.path_info):
        return selectors.only_place(user, token=request.token)
    return None


def refusal(request: HttpRequest, error: AmisError) -> HttpResponse:
    """The error in the form that the caller reads: JSON, a redirect to sign in, or a page."""
    response = _refusal(request, error)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(ceil(error.wait))
    return response


def _refusal(request: HttpRequest, error: AmisError) -> HttpResponse:
    if is_api(request) or wants_json(request):
        body = {"code": error.code, "message": error.message, "extra": error.extra}
        response: HttpResponse = JsonResponse(body, status=error.status)
        if isinstance(error, NotSignedIn):
            response["WWW-Authenticate"] = "Token"
        return response
    if isinstance(error, NotSignedIn):
        return redirect_to_login(request.get_full_path())
    if isinstance(error, NotFound):
        return render(request, "404.html", status=404)
    own = {400: "400.html", 429: "429.html"}
    page = own.get(error.status, "403.html")
    return render(request, page, {"message": error.message}, status=error.status)
