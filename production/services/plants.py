"""A new plant with what every plant needs before its first machine."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone as clock
from django_tenants.utils import schema_exists, tenant_context
from redis import RedisError

from production.models import Connection, ShiftPattern
from production.selectors.calendar import DAYS
from production.services.partitions import ensure_near_partitions
from production.services.reasons import ensure_reasons
from tenants.models import Tenant
from tenants.services.deletion import delete_tenant
from tenants.services.plants import create_tenant, establish

logger = logging.getLogger(__name__)

PATTERN = "three-shift"
THREE_SHIFTS = (
    ("Day", "06:00", "14:00"),
    ("Evening", "14:00", "22:00"),
    ("Night", "22:00", "06:00"),
)
LEASE_S, LOOK_EVERY_S = 10.0, 0.2
ORDERED = (Tenant.Status.PROVISIONING, Tenant.Status.FAILED, Tenant.Status.DELETING)


def found_plant(
    *, tenant_id: str, tenant_name: str, timezone: str, plant_location: str = ""
) -> Tenant:
    """Make a plant and furnish it. Needs the owner's login; raises what `create_tenant` raises.

    The first plant of an installation gets its first connection from OPCUA_SERVER_URL.
    """
    values = {
        "tenant_id": tenant_id,
        "tenant_name": tenant_name,
        "timezone": timezone,
        "plant_location": plant_location,
    }
    return create_tenant(values=values, furnish=furnish)


def furnish(tenant: Tenant) -> None:
    """Inside the plant: what every plant has, though its spare was made long ago, and the first
    plant's connection; harmless to repeat.
    """
    furnish_spare()
    url = settings.ENVIRONMENT.opcua_server_url
    if url and not Tenant.objects.exclude(pk=tenant.pk).exists():
        Connection.objects.get_or_create(name="plc", defaults={"endpoint_url": url})


def furnish_spare() -> None:
    """Inside a schema: months for its samples, stop reasons, shifts; harmless to repeat."""
    ensure_near_partitions()
    ensure_reasons()
    shifts = [{"name": name, "start": start, "end": end} for name, start, end in THREE_SHIFTS]
    ShiftPattern.objects.get_or_create(
        name=PATTERN, defaults={"days": list(DAYS), "shifts": shifts, "breaks": []}
    )


def finish_plants() -> None:
    """Make what was ordered and delete what is to go, by the owner's login.

    An order is a row in a waiting state, so that whoever was killed over one is followed by the
    next who looks. While one has to wait for a collector to stop, new ones are looked for.
    """
    deadline = time.monotonic() + LEASE_S
    while not _all_are_finished(in_a_hurry=time.monotonic() > deadline):
        time.sleep(LOOK_EVERY_S)


def _all_are_finished(*, in_a_hurry: bool) -> bool:
    """One look at the orders: False while one waits for a collector. One that fails waits for the
    next call and holds up no other.
    """
    connection.set_schema_to_public()
    done = True
    for tenant in Tenant.objects.filter(status__in=ORDERED).order_by("pk"):
        try:
            done &= _finish(tenant, in_a_hurry=in_a_hurry)
        except (Error, RedisError, OSError):
            connection.set_schema_to_public()
            logger.exception("%s: is tried again", tenant.schema_name)
            Tenant.objects.filter(pk=tenant.pk, status=Tenant.Status.PROVISIONING).update(
                status=Tenant.Status.FAILED
            )
    return done


def _finish(tenant: Tenant, *, in_a_hurry: bool) -> bool:
    if tenant.status != Tenant.Status.DELETING:
        if establish(tenant, furnish=furnish):
            logger.info("%s: is ready", tenant.schema_name)
        return True
    if _is_collected(tenant) and not in_a_hurry:
        return False
    if delete_tenant(tenant):
        logger.info("%s: is gone", tenant.schema_name)
    return True


def _is_collected(tenant: Tenant) -> bool:
    """Whether a collector may still write: it stops well before the lease ends that it does not
    renew.
    """
    if not schema_exists(tenant.schema_name):
        return False
    with tenant_context(tenant):
        return Connection.objects.filter(lease_expires_at__gt=clock.now()).exists()
