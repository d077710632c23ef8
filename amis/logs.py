"""What a log line says besides its text, and how: one JSON object a line, except to a terminal."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from amis import trace

HIDDEN = re.compile(
    r"""(?ix) (\b \w* (?:token|password|secret|ticket|authorization|cookie|api_key) ["']? \s* [=:]
        \s* ["']? (?:(?:token|bearer|basic)\s+)?) [^\s&"',;}\])]+"""
)
"""A value that stands behind such a name, as in addresses, headers and dictionaries."""
LINK = re.compile(r"(/accounts/(?:invitation|password/reset/key)/)[^/\s\"'<>?]+")
"""The part of a mailed link that opens the account."""


class Where(logging.Filter):
    """Adds `schema`, `request_id`, `user` and `task` to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Imported here because logging is configured before Django's database layer is.
        from django.db import connection

        record.schema = getattr(connection, "schema_name", None) or "-"
        record.request_id, record.user = trace.request_id.get(), trace.user.get()
        record.task = trace.task.get()
        return True


class Refusal(logging.Filter):
    """What somebody was refused is a warning in one line: a traceback would show our own code doing
    what it should.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = None
        return True


class TextLine(logging.Formatter):
    """For people at a terminal."""

    def __init__(self) -> None:
        where = "[%(schema)s %(user)s %(request_id)s %(task)s]"
        super().__init__(f"%(levelname)s %(name)s {where} %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLine(logging.Formatter):
    """For programs that collect logs: `exception` is there where there was one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "tenant": getattr(record, "schema", "-"),
            "user": getattr(record, "user", "-"),
            "request": getattr(record, "request_id", "-"),
            "task": getattr(record, "task", "-"),
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def without_secrets(text: str) -> str:
    """The text with what stands behind names such as `token=` or `password:` left out, and what
    opens a mailed link.
    """
    return LINK.sub(r"\1…", HIDDEN.sub(r"\1…", text))
