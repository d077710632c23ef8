"""The errors that AMIS raises on purpose: each has a code, an HTTP status and a sentence that says
what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self


class AmisError(Exception):
    """Base of all: `message` is for a human, `extra` for a program."""

    code = "error"
    status = 500

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra


class Invalid(AmisError):
    """The request or file is wrong; `extra["errors"]` lists row, field and message where there are
    rows.
    """

    code = "invalid"
    status = 400

    @classmethod
    def fields(cls, faults: Iterable[tuple[str, str]]) -> Self:
        """Of a body that is no list: each fault is a field and what is wrong with it."""
        known = list(faults)
        return cls(
            f"{'; '.join(f'{field}: {text}' for field, text in known)}.",
            errors=[{"row": None, "field": field, "message": text} for field, text in known],
        )


class NotSignedIn(AmisError):
    code = "not_signed_in"
    status = 401


class NotAllowed(AmisError):
    code = "not_allowed"
    status = 403


class Suspended(NotAllowed):
    """The plant is out of service; its members are told, strangers hear that it does not exist."""

    code = "suspended"


class NotFound(AmisError):
    """Unknown and forbidden tenants are both this, with the same words, so that neither can be
    told apart.
    """

    code = "not_found"
    status = 404


class WrongMethod(AmisError):
    code = "method_not_allowed"
    status = 405


class Conflict(AmisError):
    code = "conflict"
    status = 409


class TooLarge(AmisError):
    code = "too_large"
    status = 413


class TooMany(AmisError):
    """More requests than are allowed; `wait` is how many seconds until the next one may come."""

    code = "too_many_requests"
    status = 429

    def __init__(self, message: str, *, wait: float, **extra: Any) -> None:
        super().__init__(message, **extra)
        self.wait = wait


class InsufficientData(AmisError):
    """There is not enough history for an answer; `extra["missing"]` says what is needed."""

    code = "insufficient_data"
    status = 409


class SourceUnavailable(AmisError):
    """The PLC, the database or another source does not answer now."""

    code = "source_unavailable"
    status = 503
