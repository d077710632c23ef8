"""Bring shared tables, plants and spares to this version; those that are there already are passed
over.

One that was stopped goes on where it was: each migration is whole or not there, and each schema is
asked about anew. With an app, a migration or another option of `migrate` it does what
django-tenants' does.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand
from django_tenants.utils import schema_exists

from tenants.services.migrations import PUBLIC, behind, migrate_schema, pending_schemas
from tenants.services.plants import bring_up_to_date

OTHERS = ("app_label", "migration_name", "fake", "fake_initial", "plan", "prune", "run_syncdb",
          "check_unapplied")  # fmt: skip


class Command(MigrateSchemasCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if any(options.get(name) for name in OTHERS):
            super().handle(*args, **options)
            return
        schema: str | None = options["schema_name"]
        if schema and not schema_exists(schema):
            raise CommandError(f"There is no schema {schema}.")
        pending = behind([schema]) if schema else pending_schemas()
        if PUBLIC in pending and not (options["tenant"] and not schema):
            migrate_schema(PUBLIC)
            # Only now it is known which plants there are.
            pending = pending if schema else [PUBLIC, *pending_schemas()]
        plants = [name for name in pending if name != PUBLIC]
        plants = [] if options["shared"] else plants
        for number, name in enumerate(plants, start=1):
            self._say(options, f"{number}/{len(plants)} {name}")
            bring_up_to_date(name)
        connection.set_schema_to_public()
        self._say(options, f"{len(plants) + (PUBLIC in pending)} schemas were brought up to date.")

    def _say(self, options: dict[str, Any], text: str) -> None:
        if options["verbosity"]:
            self.stdout.write(text)
