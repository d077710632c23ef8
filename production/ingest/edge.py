"""The edge to the OPC UA library: whatever it raises leaves here as one of our errors."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from asyncua.crypto.uacrypto import InvalidSignature  # type: ignore[attr-defined]
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from amis.errors import SourceUnavailable
from production.ingest.plan import ConnectionPlan

DENIED = "The server refuses this user or password"
UNTRUSTED = "The server does not trust AMIS's certificate: approve it there"
# The last four: the library stumbles over an answer that is no OPC UA.
FAILURES = (
    UaError,
    OSError,
    EOFError,
    InvalidSignature,
    ValueError,
    struct.error,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)
HINTS = {
    "BadUserAccessDenied": DENIED,
    "BadIdentityTokenRejected": DENIED,
    "BadIdentityTokenInvalid": "The server does not take this kind of sign-in",
    "BadSecurityChecksFailed": UNTRUSTED,
    "BadCertificateUntrusted": UNTRUSTED,
}


@contextmanager
def translated(plan: ConnectionPlan) -> Iterator[None]:
    """Raises SourceUnavailable instead of any error of the library, the socket or the crypto."""
    try:
        yield
    except FAILURES as error:
        raise SourceUnavailable(said(plan, error)) from error


def said(plan: ConnectionPlan, error: BaseException) -> str:
    """The error as a sentence for the settings page and the log."""
    where = urlsplit(plan.endpoint_url).netloc.rsplit("@", 1)[-1] or plan.endpoint_url
    if isinstance(error, UaStatusCodeError):
        name = type(error).__name__
        return f"{HINTS.get(name, 'The server answered')} ({name})."
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody answers at {where}."
    if isinstance(error, TimeoutError):
        return f"{where} does not answer."
    if isinstance(error, OSError):
        return f"The connection to {where} broke: {error}."
    return f"{where}: {error or type(error).__name__}"
