"""Making plants and bringing them to this version: run by the owner's login."""

from __future__ import annotations

import re
import zoneinfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context, schema_exists
from psycopg2 import sql

from amis.errors import Conflict, Invalid
from tenants import grants
from tenants.models import RESERVED_IDS, TENANT_ID_PATTERN, Domain, Tenant


def create_tenant(
    *, tenant_id: str, tenant_name: str, timezone: str, plant_location: str
) -> Tenant:
    """Make a plant with its schema, database role and host. Needs the owner's login.

    Raises Invalid for a bad id, name or zone and Conflict when the id is taken; then nothing is
    left behind.
    """
    _check_tenant(tenant_id=tenant_id, tenant_name=tenant_name, timezone=timezone)
    if Tenant.objects.filter(schema_name=tenant_id).exists() or schema_exists(tenant_id):
        raise Conflict(f"A plant with the id {tenant_id} exists already.")
    with transaction.atomic():
        tenant = Tenant(
            schema_name=tenant_id,
            tenant_name=tenant_name.strip(),
            timezone=timezone,
            plant_location=plant_location.strip(),
        )
        tenant.save()
        Domain.objects.create(
            tenant=tenant, domain=f"{tenant.host_label}.{_base_host()}", is_primary=True
        )
    try:
        provision(tenant)
    except Exception:
        grants.drop_schema(tenant)
        tenant.delete()
        raise
    return tenant


def provision(tenant: Tenant) -> None:
    """Schema, tables, role and grants of a plant; harmless to repeat."""
    grants.create_schema(tenant)
    call_command("migrate_schemas", schema_name=tenant.schema_name, verbosity=0, interactive=False)
    connection.set_schema_to_public()
    grants.grant_schema(tenant)
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.ACTIVE)
    tenant.status = Tenant.Status.ACTIVE


def pending_schemas() -> list[str]:
    """Schemas that lack a migration of this version; `public` when the shared tables do."""
    loader = MigrationLoader(None)
    tables = set(connection.introspection.table_names())
    if Tenant._meta.db_table not in tables or "django_migrations" not in tables:
        return ["public"]
    wanted = set(loader.disk_migrations)
    pending = [] if wanted <= _applied("public") else ["public"]
    for schema in Tenant.objects.values_list("schema_name", flat=True):
        if not schema_exists(schema) or not wanted <= _applied(schema):
            pending.append(schema)
    return pending


def _applied(schema: str) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{schema}.django_migrations"])
        if cursor.fetchone()[0] is None:
            return set()
        table = sql.Identifier(schema, "django_migrations")
        cursor.execute(sql.SQL("SELECT app, name FROM {}").format(table))
        return set(cursor.fetchall())


def _check_tenant(*, tenant_id: str, tenant_name: str, timezone: str) -> None:
    errors = []
    if not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        errors.append(
            (
                "tenant_id",
                "2 to 48 of a-z, 0-9 and _, beginning with a letter, for example plant_oslo",
            )
        )
    elif tenant_id in RESERVED_IDS or tenant_id.startswith("pg_"):
        errors.append(("tenant_id", f"{tenant_id} is reserved; choose another"))
    if not 1 <= len(tenant_name.strip()) <= 200 or "\0" in tenant_name:
        errors.append(("tenant_name", "1 to 200 characters"))
    if timezone not in zoneinfo.available_timezones():
        errors.append(("timezone", f"{timezone!r} is not an IANA time zone such as Europe/Paris"))
    if errors:
        field, message = errors[0]
        raise Invalid(
            f"{field}: {message}.",
            errors=[{"row": None, "field": field, "message": text} for field, text in errors],
        )


def _base_host() -> str:
    return settings.BASE_DOMAIN.split(":")[0]


def tenant_by_id(tenant_id: str) -> Tenant:
    """The plant with this id, for commands. Raises Invalid with the known ids."""
    with schema_context("public"):
        tenant = Tenant.objects.filter(schema_name=tenant_id).first()
        if tenant is None:
            known = ", ".join(Tenant.objects.values_list("schema_name", flat=True)) or "none yet"
            raise Invalid(f"There is no plant {tenant_id}. Known: {known}.")
        return tenant
