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
WAITING = (Tenant.Status.PROVISIONING, Tenant.Status.FAILED)


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
    next who looks. One that fails waits for the next look and holds up no other.
    """
    connection.set_schema_to_public()
    states = [*WAITING, Tenant.Status.DELETING]
    for tenant in Tenant.objects.filter(status__in=states).order_by("pk"):
        try:
            _finish(tenant)
        except (Error, RedisError, OSError):
            connection.set_schema_to_public()
            logger.exception("%s: is tried again", tenant.schema_name)
            Tenant.objects.filter(pk=tenant.pk, status=Tenant.Status.PROVISIONING).update(
                status=Tenant.Status.FAILED
            )


def _finish(tenant: Tenant) -> None:
    if tenant.status != Tenant.Status.DELETING:
        if establish(tenant, furnish=furnish):
            logger.info("%s: is ready", tenant.schema_name)
        return
    deadline = time.monotonic() + LEASE_S
    while _is_collected(tenant) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    delete_tenant(tenant)
    logger.info("%s: is gone", tenant.schema_name)


def _is_collected(tenant: Tenant) -> bool:
    """Whether a collector may still write: it stops well before the lease ends that it does not
    renew.
    """
    if not schema_exists(tenant.schema_name):
        return False
    with tenant_context(tenant):
        return Connection.objects.filter(lease_expires_at__gt=clock.now()).exists()
