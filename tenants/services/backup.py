"""A plant as a file: every row of one moment, its sequences, hosts and members; no keys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django_tenants.utils import tenant_context
from psycopg2 import sql

from tenants.models import AccessLog, Tenant
from tenants.services.archive import new_archive
from tenants.services.audit import note
from tenants.services.migrations import migrations_here
from tenants.services.tables import PlantTable, copy_out, fingerprint, one_moment, plant_tables

FORMAT = 1
MANIFEST = "manifest.json"
SEQUENCES = """SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1"""
PARTITIONS = """
SELECT parent.relname, part.relname, pg_get_expr(part.relpartbound, part.oid)
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
JOIN pg_class parent ON parent.oid = inhparent
JOIN pg_namespace n ON n.oid = part.relnamespace
WHERE n.nspname = current_schema() AND part.relkind = 'r' ORDER BY 2"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a table of a plant holds."""

    table: str
    rows: int
    hash: str

    def __str__(self) -> str:
        return f"{self.table} {self.rows} {self.hash}"


def backup_tenant(tenant: Tenant, *, path: Path) -> list[Held]:
    """Write the plant to the file (mode 0600) and change nothing; what each table holds."""
    manifest = _about(tenant)
    with new_archive(path) as archive:
        with tenant_context(tenant), one_moment():
            tables = plant_tables()
            held = [Held(table.name, *fingerprint(table)) for table in tables]
            for table in tables:
                with archive.open(member_of(table), "w", force_zip64=True) as member:
                    copy_out(_rows(table), member)
            manifest |= {"sequences": _found(SEQUENCES), "partitions": _found(PARTITIONS)}
        manifest["tables"] = [
            {"name": table.name, "columns": table.columns, "rows": one.rows, "hash": one.hash}
            for table, one in zip(tables, held, strict=True)
        ]
        archive.writestr(MANIFEST, json.dumps(manifest))
    note(AccessLog.Action.PLANT_BACKED_UP, user=None, tenant_id=tenant.tenant_id)
    return held


def member_of(table: PlantTable) -> str:
    """Where a table's rows lie in the file."""
    return f"tables/{table.name}"


def _rows(table: PlantTable) -> sql.Composable:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("(SELECT {names} FROM {table})").format(
        names=names, table=sql.Identifier(table.name)
    )


def _about(tenant: Tenant) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "tenant_id": tenant.tenant_id,
        "tenant_name": tenant.tenant_name,
        "plant_location": tenant.plant_location,
        "timezone": tenant.timezone,
        "status": tenant.status,
        "created_at": tenant.created_at.isoformat(),
        "hosts": list(tenant.domains.values_list("domain", "is_primary")),
        "members": list(tenant.memberships.values_list("user__email", "role")),
        "migrations": sorted(migrations_here()),
    }


def _found(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
