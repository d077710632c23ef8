"""What every log line knows besides its text: the plant's schema and the request."""

from __future__ import annotations

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class Where(logging.Filter):
    """Adds `schema` and `request_id` to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Imported here because logging is configured before Django's database layer is.
        from django.db import connection

        record.schema = getattr(connection, "schema_name", None) or "-"
        record.request_id = request_id.get()
        return True
