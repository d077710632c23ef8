"""How the API reads a body, refuses a request and names a fault: one shape for every error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import set_rollback

from amis.errors import AmisError, Invalid, NotAllowed, NotFound, SourceUnavailable, TooLarge

RETRY_AFTER_S = 5
NO_SUCH_ADDRESS = "There is nothing at this address."
NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
CODES = {
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


class StrictJson(BaseParser):
    """JSON in UTF-8 of a bounded size; whatever cannot be stored or answered is refused here.

    That is: NaN and infinities, nesting without end, NUL characters and halves of surrogate pairs.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"The body is larger than {limit // 1024 // 1024} MB.")
        try:
            text = raw.decode("utf-8")
            if NUL_ESCAPE.search(text) or "\0" in text:
                raise Invalid("The body holds a NUL character.")
            data = json.loads(
                text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_sensible
            )
            if "\\u" in text:
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise Invalid(f"The body is not JSON that AMIS can read: {_short(error)}.") from error
        return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range")
    return value


def _sensible(text: str) -> int:
    if len(text) > 18:
        raise ValueError("a number is out of range")
    return int(text)


def _short(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:100]


def answer_error(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None leaves what AMIS did not foresee to Django's 500."""
    error = named(exc)
    if error is None:
        return None
    set_rollback()
    return Response(body_of(error), status=error.status, headers=_headers(exc, error))


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
        headers["Retry-After"] = str(int(wait) if wait else RETRY_AFTER_S)
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
