"""What every log line knows besides its text: the plant's schema and the request."""

from __future__ import annotations

import logging

from amis import trace


class Where(logging.Filter):
    """Adds `schema`, `request_id`, `user` and `task` to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Imported here because logging is configured before Django's database layer is.
        from django.db import connection

        record.schema = getattr(connection, "schema_name", None) or "-"
        record.request_id, record.user = trace.request_id.get(), trace.user.get()
        record.task = trace.task.get()
        return True
