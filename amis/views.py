"""The system's own doors: what it is, whether it lives, what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from amis import health
from amis.api import NO_SUCH_ADDRESS, RETRY_AFTER_S, body_of, named
from amis.errors import AmisError, Invalid, NotAllowed, NotFound, NotSignedIn, WrongMethod
from amis.metrics import exposition
from amis.middleware import PROBES
from analytics.views import overview
from tenants.api.wire import number, shape, text
from tenants.middleware import is_api, wants_json
from tenants.permissions import Action

ENDPOINTS = {
    "health": "/api/health",
    "kpis": "/api/kpis",
    "production": "/api/production",
    "submit": "/api/production/submit",
    "machines": "/api/machines",
    "machines_live": "/api/machines/live",
    "reports": "/api/reports/",
    "report_latest": "/api/reports/latest",
    "websocket": "/ws",
    "websocket_status": "/api/websocket/status",
    "tenants": "/api/tenants/list",
    "schema": "/api/schema/",
    "docs": "/api/docs/",
}
Page = Callable[..., HttpResponse]
PAGES = frozenset({400, 403, 404, 500, 503})
READING = ("GET", "HEAD")
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
VITAL = ("database", "cache")


def read_only(view: Page) -> Page:
    """A door that is only read: any other method is 405, and there is no form to forge."""

    @wraps(view)
    @csrf_exempt
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.method in READING:
            return view(request, **kwargs)
        return _answer(request, WrongMethod(f"{request.method} is not possible here."))

    return guarded


def on_plant(view: Page) -> Page:
    """A page of a plant; without one, on the base host, the way to the plants."""

    @wraps(view)
    @never_cache
    @read_only
    def page(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.place is None:
            return redirect("/accounts/plants/")
        try:
            request.place.require(Action.READ)
        except NotAllowed as error:
            return _answer(request, error)
        return view(request, **kwargs)

    return page


def of_all_plants(view: Page) -> Page:
    """A page of the base host, for every plant that the person may see."""
    return never_cache(read_only(view))


@read_only
def front(request: HttpRequest) -> HttpResponse:
    """The plant's overview; for programs the service; on the base host the way to a plant."""
    if wants_json(request):
        return JsonResponse(
            {"service": "AMIS", "version": settings.VERSION, "endpoints": ENDPOINTS}
        )
    return on_plant(overview)(request)


@never_cache
@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@read_only
def readyz(request: HttpRequest) -> HttpResponse:
    checks = health.run(health.READINESS)
    ready = all(check.ok for check in checks.values())
    body = {
        "status": "ready" if ready else "not ready",
        "checks": {n: {"ok": c.ok, "detail": c.detail} for n, c in checks.items()},
    }
    if ready:
        return JsonResponse(body)
    answer = JsonResponse(body, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
    # Not ready is an answer and no fault: Django would log every poll of it as an error.
    answer._has_been_logged = True
    return answer


@never_cache
@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Sums over all plants; by plant for whoever has the key."""
    given, key = request.headers.get("Authorization"), settings.ENVIRONMENT.doors.metrics_token
    is_known = bool(key) and constant_time_compare(given or "", f"Bearer {key}")
    if given is not None and not is_known:
        answer = _answer(request, NotSignedIn("This is not the key of AMIS_METRICS_TOKEN."))
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    try:
        page = exposition(by_plant=is_known)
    except (DatabaseError, redis.RedisError):
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        return HttpResponse("", status=503, content_type=EXPOSITION, headers=headers)
    return HttpResponse(page, content_type=EXPOSITION)


HealthCheckOut = shape("HealthCheck", status=text(), detail=text(), age_s=number())
HealthOut = shape(
    "Health",
    status=serializers.ChoiceField(("ok", "degraded", "down")),
    version=text(),
    time=serializers.DateTimeField(),
    checks=serializers.DictField(child=HealthCheckOut()),
)


class Health(APIView):
    """How AMIS does as a whole; open, so it names no plant."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="health", responses=HealthOut, auth=[])
    def get(self, request: Request) -> Response:
        checks = health.run(health.HEALTH)
        failed = [name for name, check in checks.items() if not check.ok]
        down = any(name in VITAL for name in failed)
        body = {
            "status": "down" if down else "degraded" if failed else "ok",
            "version": settings.VERSION,
            "time": clock.now(),
            "checks": {
                name: {"status": _status(name, check), "detail": check.detail, "age_s": check.age_s}
                for name, check in checks.items()
            },
        }
        return Response(body)


def _status(name: str, check: health.Check) -> str:
    if check.ok:
        return "ok"
    return "down" if name in VITAL or check.age_s is None else "degraded"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, named(exception) or Invalid("The request is malformed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NotAllowed("You may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, NotAllowed("This form is out of date; reload the page and try again."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, NotFound(NO_SUCH_ADDRESS))


def server_error(request: HttpRequest) -> HttpResponse:
    """A database or cache that is away is 503; anything else is a fault of ours."""
    error = named(sys.exception())
    if error is None or error.status != 503:
        error = AmisError("AMIS failed here; the log has the reason under this request's id.")
    return _answer(request, error)


def _answer(request: HttpRequest, error: AmisError) -> HttpResponse:
    """JSON for programs, a page for people."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if error.status == 503 else {}
    if error.status == 405:
        headers["Allow"] = ", ".join(READING)
    if is_api(request) or wants_json(request) or request.path_info in PROBES:
        return JsonResponse(body_of(error), status=error.status, headers=headers)
    name = f"{error.status if error.status in PAGES else error.status // 100 * 100}.html"
    page = render(request, name, {"message": error.message}, status=error.status)
    for header, value in headers.items():
        page[header] = value
    return page
