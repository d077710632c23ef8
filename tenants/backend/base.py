"""Every statement runs under its tenant's own database role, so a forgotten filter reads nothing.

The runtime login owns nothing and inherits nothing (NOINHERIT); what it may do depends on the role
that is set together with the search path. The owner login, used only by processes that migrate or
provision, keeps its own rights.
"""

from __future__ import annotations

from typing import Any

import psycopg2
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.db.utils import DatabaseError
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_limit_set_calls, get_public_schema_name, quote_schema_name

from tenants.backend.idle import IdleConnections

PUBLIC_ROLE = "amis_public"
ENTER = "SELECT set_config('search_path', %s, false), set_config('role', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' wrapper whose search path and role change in one statement.

    `idle` is set by a process that answers many short requests; without it every close is real.
    """

    idle: IdleConnections | None = None

    @property
    def acts_as_owner(self) -> bool:
        return bool(self.settings_dict.get("AMIS_OWNER"))

    def database_role(self) -> str:
        if self.acts_as_owner:
            return "none"
        if self.schema_name == get_public_schema_name():
            return PUBLIC_ROLE
        return f"t_{self.schema_name}"

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        kept = self.idle.take() if self.idle and not self.acts_as_owner else None
        if kept is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return kept

    def _close(self) -> None:
        # Closed inside a transaction, Django still holds the connection: nobody else may have it.
        if self.idle is None or self.acts_as_owner or self.in_atomic_block:
            super()._close()
        elif self.connection is not None:
            self.idle.give(self.connection)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        if get_limit_set_calls() and self.search_path_set_schemas:
            return
        search_paths = self._get_cursor_search_paths()
        self._setting_search_path = True
        own_cursor = self.connection.cursor() if cursor is None else cursor
        try:
            quoted = ",".join(quote_schema_name(path) for path in search_paths)
            own_cursor.execute(ENTER, (quoted, self.database_role()))
        except (DatabaseError, psycopg2.InternalError) as error:
            self.search_path_set_schemas = None
            if not _in_failed_transaction(error):
                raise
        else:
            self.search_path_set_schemas = search_paths
        finally:
            self._setting_search_path = False
            if cursor is None:
                own_cursor.close()


def _in_failed_transaction(error: Exception) -> bool:
    """A broken transaction refuses even this statement; the roll-back that follows needs no
    path.
    """
    cause = error.__cause__ or error
    return isinstance(cause, psycopg2.errors.InFailedSqlTransaction)
