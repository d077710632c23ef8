"""Who asked for what is being done now: carried from the door to the log line and the task."""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
user: ContextVar[str] = ContextVar("user", default="-")
address: ContextVar[str] = ContextVar("address", default="")
task: ContextVar[str] = ContextVar("task", default="-")
