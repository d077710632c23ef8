"""What every answer carries, and what is mended in a request before anybody reads it."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from amis import trace
from amis.callers import caller_address

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'"
)
PROBES = frozenset(path + end for path in ("/healthz", "/readyz", "/metrics") for end in ("", "/"))


class RequestId:
    """Takes a caller's X-Request-ID where it is harmless, else makes one; logs and answers show
    it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = trace.id_of(request.headers.get("X-Request-ID", ""))
        trace.request_id.set(request.id)
        trace.user.set("-")
        trace.address.set(
            caller_address(
                request.META.get("REMOTE_ADDR", ""),
                request.headers.get("X-Forwarded-For", ""),
                settings.ENVIRONMENT.doors.proxies,
            )
        )
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class SecurityHeaders:
    """A content security policy on every page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        return response


class AnyHostForProbes:
    """Probes name a container or an address; Django would refuse a Host such as `amis_web`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = "localhost"
        return self.get_response(request)


class FormsInUtf8:
    """Refuses a form with files in another encoding, as Django does other forms: Python knows
    encodings that are no text, and some that give half characters, which break whoever stores them.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        encoding, is_form = request.encoding, request.content_type == "multipart/form-data"
        if encoding and is_form and codecs.lookup(encoding).name not in {"utf-8", "ascii"}:
            raise BadRequest("Forms are UTF-8.")
        return self.get_response(request)


class LengthOfChunks:
    """A body that comes in chunks has no Content-Length and would be taken for empty."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            request.META["CONTENT_LENGTH"] = str(len(request.body))
        return self.get_response(request)
