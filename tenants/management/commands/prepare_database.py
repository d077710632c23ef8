"""Bring the database to this version: runtime login, migrations, grants. Harmless to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from amis.errors import NotAllowed
from tenants import grants
from tenants.services.migrations import PUBLIC, migrate_schema, pending_schemas
from tenants.services.plants import bring_up_to_date


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        database = settings.ENVIRONMENT.database
        try:
            grants.check_owner()
        except NotAllowed as error:
            raise CommandError(error.message) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}") from error
        grants.prepare_runtime_login(user=database.user, password=database.password)
        pending = pending_schemas()
        if PUBLIC in pending:
            migrate_schema(PUBLIC)
            connection.set_schema_to_public()
        grants.grant_public()
        for schema in pending_schemas():
            bring_up_to_date(schema)
        self.stdout.write(f"Database ready: {len(pending)} of its schemas were brought up to date.")
