"""Connections between two uses: a new one costs a process in PostgreSQL that knows no table yet.

Only the web process keeps them. Under ASGI every request has a thread of its own, so that Django's
CONN_MAX_AGE would keep a connection for each thread that ever was.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

KEEP_AT_MOST = 8
KEEP_S = 30.0


class IdleConnections:
    """The connections that nobody uses, the newest on top; each goes to one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[Any, float]] = []

    def take(self) -> Any | None:
        """A connection that lives and remembers nothing: no role, path, lock or temporary table.

        None when there is none; one that the server has closed meanwhile is dropped.
        """
        while (connection := self._newest()) is not None:
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("DISCARD ALL")
            except psycopg2.Error:
                connection.close()
            else:
                return connection
        return None

    def give(self, connection: Any) -> None:
        """Keep it for the next one. What its transaction has not committed is taken back."""
        try:
            if connection.get_transaction_status() != TRANSACTION_STATUS_IDLE:
                connection.rollback()
        except psycopg2.Error:
            connection.close()
        if connection.closed:
            return
        now = time.monotonic()
        with self._lock:
            kept = [(one, since) for one, since in self._kept if now - since < KEEP_S]
            old = [one for one, since in self._kept if now - since >= KEEP_S]
            if len(kept) < KEEP_AT_MOST:
                kept.append((connection, now))
            else:
                old.append(connection)
            self._kept = kept
        for one in old:
            one.close()

    def close(self) -> None:
        """End them all."""
        while (connection := self._newest()) is not None:
            connection.close()

    def _newest(self) -> Any | None:
        with self._lock:
            return self._kept.pop()[0] if self._kept else None
