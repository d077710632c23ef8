"""Who asked for what is being done now: carried from the door to the log line and the task."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
user: ContextVar[str] = ContextVar("user", default="-")
address: ContextVar[str] = ContextVar("address", default="")
task: ContextVar[str] = ContextVar("task", default="-")
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def id_of(given: str) -> str:
    """The id that a caller gave its request (X-Request-ID) where it is harmless, else a new one."""
    return given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
