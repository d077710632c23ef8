"""A plant from its backup: as it was, or not at all. Needs the owner's login."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import tenant_context
from psycopg2 import sql

from amis.errors import Conflict, Invalid
from tenants.models import AccessLog, Domain, Membership, Role, Tenant, User
from tenants.services.archive import checked_archive
from tenants.services.audit import note
from tenants.services.backup import FORMAT, MANIFEST, Held, member_of
from tenants.services.migrations import migrations_here
from tenants.services.plants import enter_tenant
from tenants.services.spares import take_spare
from tenants.services.tables import PlantTable, copy_in, fingerprint, plant_tables

Manifest = dict[str, Any]
BOUND = re.compile(r"FOR VALUES FROM \('[0-9 :.+-]+'\) TO \('[0-9 :.+-]+'\)")
MAKE_PARTITION = "CREATE TABLE {part} PARTITION OF {parent} "
IN_SERVICE = (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED)


def restore_tenant(*, path: Path) -> tuple[Tenant, list[Held]]:
    """The plant that the file holds, and what each of its tables holds now.

    Raises Invalid for a damaged file or one of another version, and Conflict where the plant lives.
    All is one transaction: then, and when the process is killed, nothing is left.
    """
    with checked_archive(path) as archive, transaction.atomic():
        manifest = _manifest(archive)
        named = ("tenant_id", "tenant_name", "plant_location", "timezone")
        try:
            tenant = enter_tenant(values={name: manifest[name] for name in named})
        except Conflict as error:
            raise Conflict(f"{error.message} Delete it first to restore it.") from error
        take_spare(tenant)
        with tenant_context(tenant):
            held = _load(archive, manifest)
        _restore_shared(tenant, manifest)
    note(AccessLog.Action.PLANT_RESTORED, user=None, tenant_id=tenant.tenant_id)
    return tenant, held


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    manifest: Manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise Invalid("This backup was made by a later version of AMIS; restore it there.")
    made, here = {(app, name) for app, name in manifest["migrations"]}, migrations_here()
    if made != here:
        differing = ", ".join(f"{app}.{name}" for app, name in sorted(made ^ here)[:5])
        raise Invalid(
            "This backup was made by another version of AMIS, whose tables differ"
            f" ({differing}): restore it there, bring that AMIS up to date and back it up again."
        )
    return manifest


def _load(archive: zipfile.ZipFile, manifest: Manifest) -> list[Held]:
    """Every row into the plant's empty tables, held against what the backup says of them."""
    _make_partitions(manifest)
    here = {table.name: table for table in plant_tables()}
    if set(here) != {one["name"] for one in manifest["tables"]}:
        raise Invalid("This backup has other tables than this version of AMIS.")
    with connection.cursor() as cursor:
        names = sql.SQL(", ").join(map(sql.Identifier, here))
        cursor.execute(sql.SQL("TRUNCATE {names}").format(names=names))
    held = [_load_table(archive, one) for one in manifest["tables"]]
    with connection.cursor() as cursor:
        for name, last_value in manifest["sequences"]:
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [name, last_value])
    return held


def _load_table(archive: zipfile.ZipFile, about: Manifest) -> Held:
    table = PlantTable(about["name"], tuple(about["columns"]))
    with archive.open(member_of(table)) as member:
        copy_in(table, member)
    held = Held(table.name, *fingerprint(table))
    if (held.rows, held.hash) != (about["rows"], about["hash"]):
        raise Invalid(f"{table.name} came out differently than it went in; nothing was restored.")
    return held


def _make_partitions(manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        there = {name for (name,) in cursor.fetchall()}
        for parent, part, bound in manifest["partitions"]:
            if part in there:
                continue
            if not BOUND.fullmatch(bound):
                raise Invalid(f"The bounds of the partition {part} cannot be read.")
            names = {"part": sql.Identifier(part), "parent": sql.Identifier(parent)}
            cursor.execute(sql.SQL(MAKE_PARTITION + bound).format(**names))


def _restore_shared(tenant: Tenant, manifest: Manifest) -> None:
    """Hosts that nobody has taken meanwhile, roles of people who have an account, the status."""
    for domain, is_primary in manifest["hosts"]:
        Domain.objects.get_or_create(
            domain=domain, defaults={"tenant": tenant, "is_primary": is_primary}
        )
    people = {user.email: user for user in User.objects.filter(
        email__in=[email for email, _ in manifest["members"]]
    )}  # fmt: skip
    for email, role in manifest["members"]:
        if email in people and role in Role.values:
            Membership.objects.create(tenant=tenant, user=people[email], role=role)
    status = manifest["status"] if manifest["status"] in IN_SERVICE else Tenant.Status.ACTIVE
    Tenant.objects.filter(pk=tenant.pk).update(status=status, created_at=manifest["created_at"])
    tenant.refresh_from_db()
