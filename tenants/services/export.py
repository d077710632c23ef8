"""A plant's data to take away: a CSV file a table and one about the plant, in a ZIP."""

from __future__ import annotations

import json
import zipfile
from tempfile import TemporaryFile
from typing import IO, Any

from django_tenants.utils import tenant_context
from psycopg2 import sql

from amis.errors import Conflict
from tenants.models import Tenant
from tenants.services.migrations import HAVE_A_SCHEMA
from tenants.services.tables import PlantTable, copy_out, one_moment, plant_tables

SECRETS = ("password", "secret", "private_key", "digest")
"""A column whose name holds one of these stays at home."""


def export_plant(tenant: Tenant) -> IO[bytes]:
    """The open file, at its beginning; it has no name and is gone when it is closed.

    Raises Conflict for a plant that has no tables yet, or soon no more.
    """
    if tenant.status not in HAVE_A_SCHEMA:
        raise Conflict(f"The plant is {tenant.get_status_display().lower()}; it can't be exported.")
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    about = _about(tenant)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("tenant.json", json.dumps(about, indent=2))
        with tenant_context(tenant), one_moment():
            for table in plant_tables():
                with archive.open(f"{table.name}.csv", "w", force_zip64=True) as member:
                    copy_out(_rows(table), member, options="WITH (FORMAT csv, HEADER)")
    file.seek(0)
    return file


def _rows(table: PlantTable) -> sql.Composable:
    open_columns = [c for c in table.columns if not any(word in c for word in SECRETS)]
    names = sql.SQL(", ").join(map(sql.Identifier, open_columns))
    query = sql.SQL("(SELECT {names} FROM {table})")
    return query.format(names=names, table=sql.Identifier(table.name))


def _about(tenant: Tenant) -> dict[str, Any]:
    members = tenant.memberships.order_by("user__username").values_list(
        "user__username", "user__email", "role"
    )
    return {
        "tenant_id": tenant.tenant_id,
        "tenant_name": tenant.tenant_name,
        "plant_location": tenant.plant_location,
        "timezone": tenant.timezone,
        "status": tenant.status,
        "created_at": tenant.created_at.isoformat(),
        "hosts": list(tenant.domains.values_list("domain", flat=True)),
        "members": [
            {"user_id": username, "user_email": email, "role": role}
            for username, email, role in members
        ],
    }
