"""One shape for every error of the API, whoever raised it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import redis
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from amis.errors import (
    AmisError,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    SourceUnavailable,
    TooLarge,
)

RETRY_AFTER_S = 5
NO_SUCH_ADDRESS = "There is nothing at this address."
CODES = {
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


def answer_error(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None leaves what AMIS did not foresee to Django's 500.

    The answer is JSON, whatever else the door speaks (YAML, Swagger's page); only who reads the
    browsable pages gets one of them.
    """
    error = named(exc)
    if error is None:
        return None
    set_rollback()
    headers = _headers(exc, error)
    renderer = getattr(context["request"], "accepted_renderer", None)
    if isinstance(renderer, BrowsableAPIRenderer):
        return Response(body_of(error), status=error.status, headers=headers)
    return JsonResponse(body_of(error), status=error.status, headers=headers)


def named(exc: BaseException | None) -> AmisError | None:
    """The error in AMIS's own terms; None when it is none that a caller can cause or wait out."""
    match exc:
        case AmisError():
            return exc
        case Http404():
            return NotFound(NO_SUCH_ADDRESS)
        case PermissionDenied():
            return NotAllowed("You may not do this.")
        case RequestDataTooBig():
            return TooLarge("The body is too large.")
        case SuspiciousOperation():
            return Invalid("The request is malformed.")
        case OperationalError() | InterfaceError() | redis.RedisError():
            return SourceUnavailable("A part of AMIS does not answer now; try again shortly.")
        case IntegrityError():
            return Conflict("Somebody else changed the same rows just now; send it again.")
        case exceptions.ValidationError():
            return Invalid("The request has errors.", errors=_rows(exc.detail))
        case exceptions.APIException():
            return _of_framework(exc)
    return None


def body_of(error: AmisError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "extra": error.extra}


def _of_framework(exc: exceptions.APIException) -> AmisError:
    """One of Django REST framework's own refusals."""
    error = AmisError(str(exc.detail))
    error.status = exc.status_code
    error.code = CODES.get(exc.status_code, "invalid")
    return error


def _headers(exc: BaseException, error: AmisError) -> dict[str, str]:
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Token"
    if error.status in {429, 503}:
        wait = getattr(exc, "wait", None)
        headers["Retry-After"] = str(ceil(wait) if wait else RETRY_AFTER_S)
    return headers


def _rows(detail: Any, row: int | None = None, field: str | None = None) -> list[dict[str, Any]]:
    """DRF's nested error detail as {row, field, message}, rows from 1."""
    if isinstance(detail, Mapping):
        return [one for key, value in detail.items() for one in _rows(value, row, str(key))]
    if isinstance(detail, list):
        nested = any(isinstance(item, Mapping) for item in detail)
        return [
            one
            for number, item in enumerate(detail, start=1)
            for one in _rows(item, number if nested else row, field)
        ]
    return [{"row": row, "field": field, "message": str(detail)}]
