"""Plants ordered and ended by a door, which waits until the owner's login has carried it out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from amis.errors import Conflict, SourceUnavailable
from production.tasks import fill_spares, finish_plants, order
from tenants.models import AccessLog, Tenant, User
from tenants.services.audit import note
from tenants.services.deletion import order_deletion
from tenants.services.migrations import HAVE_A_SCHEMA
from tenants.services.plants import enter_tenant

WITHIN_S, LOOK_EVERY_S = 20.0, 0.03


def order_plant(*, values: Mapping[str, Any], user: User) -> Tenant:
    """Order a plant and wait until it can be used. Raises Invalid; Conflict where the id is taken,
    or somebody ends the plant meanwhile; SourceUnavailable where it is made later.
    """
    with transaction.atomic():
        tenant = enter_tenant(values=values)
        note(AccessLog.Action.PLANT_CREATED, user=user, tenant_id=tenant.tenant_id)
    order(finish_plants)
    _wait(lambda: _is_ready(tenant), "The plant is still being made; its host will answer soon.")
    order(fill_spares)
    return tenant


def order_end(tenant: Tenant, *, user: User) -> None:
    """Order a plant's end and wait until it is gone. Raises SourceUnavailable as `order_plant`."""
    with transaction.atomic():
        if order_deletion(tenant):
            note(AccessLog.Action.PLANT_DELETED, user=user, tenant_id=tenant.tenant_id)
    order(finish_plants)
    _wait(
        lambda: not Tenant.objects.filter(pk=tenant.pk).exists(),
        "The plant is closed and will be gone soon; send it again to hear when.",
    )


def _is_ready(tenant: Tenant) -> bool:
    status = Tenant.objects.filter(pk=tenant.pk).values_list("status", flat=True).first()
    if status in (None, Tenant.Status.DELETING):
        raise Conflict(f"Somebody ended the plant {tenant.tenant_id} while it was being made.")
    tenant.status = status
    return status in HAVE_A_SCHEMA


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    """Raises SourceUnavailable when the provision worker is away or busy for too long."""
    deadline = time.monotonic() + WITHIN_S
    while not done():
        if time.monotonic() > deadline:
            raise SourceUnavailable(otherwise)
        time.sleep(LOOK_EVERY_S)
