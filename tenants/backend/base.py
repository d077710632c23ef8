"""Every statement runs under its tenant's own database role, so a forgotten filter reads nothing.

The runtime login owns nothing and inherits nothing (NOINHERIT); what it may do depends on the role
that is set together with the search path. The owner login, used only by processes that migrate or
provision, keeps its own rights.
"""

from __future__ import annotations

from typing import Any

import psycopg2
from django.db.utils import DatabaseError
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_limit_set_calls, get_public_schema_name, quote_schema_name

PUBLIC_ROLE = "amis_public"
ENTER = "SELECT set_config('search_path', %s, false), set_config('role', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' wrapper whose search path and role change in one statement."""

    @property
    def acts_as_owner(self) -> bool:
        return bool(self.settings_dict.get("AMIS_OWNER"))

    def database_role(self) -> str:
        if self.acts_as_owner:
            return "none"
        if self.schema_name == get_public_schema_name():
            return PUBLIC_ROLE
        return f"t_{self.schema_name}"

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
