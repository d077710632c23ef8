"""Schemas in reserve: migrated ahead, and renamed when a plant is made, so that nobody waits.

Each is made in one transaction, so that a process that is killed leaves no half of one. Needs the
owner's login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.db import connection, transaction
from django_tenants.utils import schema_context

from tenants import grants
from tenants.models import Tenant
from tenants.services.migrations import SPARE, behind, migrate_schema, spare_schemas

KEPT = 3
"""So many plants can be made in a row before one has to wait for its tables."""
TAKING, FILLING = (f"hashtextextended('amis:spares:{what}', 7)" for what in ("take", "fill"))


def ready_spares() -> list[str]:
    """Those that lack no migration."""
    spares = spare_schemas()
    stale = set(behind(spares))
    return [name for name in spares if name not in stale]


def make_spare(furnish: Callable[[], None] = lambda: None) -> str:
    """One more, with what `furnish` puts into every plant; its name."""
    name = f"{SPARE}{token_hex(4)}"
    with transaction.atomic():
        grants.create_schema(name)
        migrate_schema(name)
        with schema_context(name):
            furnish()
    return name


def fill_spares(*, furnish: Callable[[], None] = lambda: None, kept: int = KEPT) -> int:
    """Make what is missing, one after the other, and bring the others up to date; how many were
    made. None where another process is at it.
    """
    made = 0
    with _alone() as is_alone:
        for name in behind(spare_schemas()) if is_alone else ():
            migrate_schema(name)
        while is_alone and len(spare_schemas()) < kept:
            make_spare(furnish)
            made += 1
    return made


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other session fills the reserve; it is held off until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({FILLING})")
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({FILLING})")


def take_spare(tenant: Tenant) -> None:
    """Give the plant its schema, its role and its grants; part of the caller's transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock({TAKING})")
        # Nobody else takes one until this transaction ends.
        ready = ready_spares()
        grants.rename_schema(ready[0] if ready else make_spare(), tenant.schema_name)
        grants.grant_schema(tenant)
