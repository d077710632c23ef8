"""Say what became of every value that servers delivered; ends with 0 only if the books balance."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from amis.errors import AmisError
from production.selectors.ingest import IngestBooks, ingest_books
from tenants.selectors import active_schemas
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="T", help="a plant's id; without it all plants")
        parser.add_argument("--json", action="store_true", help="one object: the plants' sum")

    def handle(self, *args: Any, **options: Any) -> None:
        books = {schema: _books(schema) for schema in _schemas(options["tenant"])}
        if options["json"]:
            total = sum(books.values(), start=IngestBooks())
            self.stdout.write(json.dumps(total.as_json()))
        else:
            for schema, one in books.items():
                self.stdout.write(f"{schema}: {one.sentence}")
        wrong = [schema for schema, one in books.items() if not one.is_exact]
        if wrong:
            raise CommandError(f"The counts do not add up: {', '.join(wrong)}.")


def _schemas(tenant_id: str | None) -> list[str]:
    if tenant_id is None:
        return list(active_schemas())
    try:
        return [tenant_by_id(tenant_id).schema_name]
    except AmisError as error:
        raise CommandError(error.message) from error


def _books(schema: str) -> IngestBooks:
    with schema_context(schema):
        return ingest_books()
