"""Which schemas lack a migration of this version, and bringing one of them up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import get_tenant_base_migrate_command_class
from psycopg2 import sql

from tenants.models import Tenant

PUBLIC = "public"
SPARE = "_spare_"
"""What the name of a schema in reserve begins with; no plant's id can."""
HAVE_A_SCHEMA = (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED)
AT_ONCE = 250
"""Schemas a query: each takes a lock on its table and a level of the parser's stack."""

Migration = tuple[str, str]


def pending_schemas() -> list[str]:
    """`public`, plants and spares that lack a migration."""
    tables = set(connection.introspection.table_names())
    if Tenant._meta.db_table not in tables or "django_migrations" not in tables:
        return [PUBLIC]
    plants = Tenant.objects.filter(status__in=HAVE_A_SCHEMA).order_by("schema_name")
    return behind([PUBLIC, *plants.values_list("schema_name", flat=True), *spare_schemas()])


def behind(schemas: Sequence[str]) -> list[str]:
    """Those of the schemas that lack a migration of this version, or that are not there.

    One query over all of them: the cost of a start must not grow by a round trip a plant.
    """
    wanted = sorted(migrations_here())
    there = _with_migrations(schemas)
    complete = {
        schema
        for first in range(0, len(there), AT_ONCE)
        for schema, count in _applied(there[first : first + AT_ONCE], wanted)
        if count == len(wanted)
    }
    return [schema for schema in schemas if schema not in complete]


def migrations_here() -> set[Migration]:
    """(app, name) of every migration of this version."""
    return set(MigrationLoader(None).disk_migrations)


def spare_schemas() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", [SPARE]
        )
        return [name for (name,) in cursor.fetchall()]


def migrate_schema(schema: str) -> None:
    """Apply what the schema lacks. It may be empty, but it exists. Needs the owner's login.

    Unlike the command of django-tenants it keeps the connection, so that it may be part of a
    transaction.
    """
    # Without `public` in sight, else its record of migrations would be taken for the schema's own.
    connection.set_schema(schema, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema)
    try:
        call_command(
            get_tenant_base_migrate_command_class()(),
            verbosity=0,
            interactive=False,
            skip_checks=True,
        )
    finally:
        connection.set_schema_to_public()


def _with_migrations(schemas: Sequence[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relname = 'django_migrations' AND n.nspname = ANY(%s)""",
            [list(schemas)],
        )
        return [name for (name,) in cursor.fetchall()]


def _applied(schemas: Sequence[str], wanted: Sequence[Migration]) -> Iterator[tuple[str, int]]:
    """Each schema with the number of wanted migrations that it has."""
    arm = sql.SQL(
        "SELECT {name}, count(DISTINCT (app, name)) FROM {table} JOIN wanted USING (app, name)"
    )
    arms = [
        arm.format(name=sql.Literal(schema), table=sql.Identifier(schema, "django_migrations"))
        for schema in schemas
    ]
    query = sql.SQL("WITH wanted(app, name) AS (SELECT * FROM unnest(%s, %s)) {arms}").format(
        arms=sql.SQL(" UNION ALL ").join(arms)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [[app for app, _ in wanted], [name for _, name in wanted]])
        yield from cursor.fetchall()
