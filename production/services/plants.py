"""A new plant with what every plant needs before its first machine."""

from __future__ import annotations

from django.conf import settings
from django_tenants.utils import tenant_context

from production.models import Connection, ShiftPattern
from production.selectors.calendar import DAYS
from production.services.partitions import ensure_near_partitions
from production.services.reasons import ensure_reasons
from tenants.models import Tenant
from tenants.services.plants import create_tenant

THREE_SHIFTS = (
    ("Day", "06:00", "14:00"),
    ("Evening", "14:00", "22:00"),
    ("Night", "22:00", "06:00"),
)


def found_plant(
    *, tenant_id: str, tenant_name: str, timezone: str, plant_location: str = ""
) -> Tenant:
    """Make a plant and furnish it. Needs the owner's login; raises what `create_tenant` raises.

    The first plant of an installation gets its first connection from OPCUA_SERVER_URL.
    """
    is_first = not Tenant.objects.exists()
    tenant = create_tenant(
        tenant_id=tenant_id,
        tenant_name=tenant_name,
        timezone=timezone,
        plant_location=plant_location,
    )
    with tenant_context(tenant):
        ensure_near_partitions()
        ensure_reasons()
        _ensure_three_shifts()
        if is_first:
            _ensure_first_connection()
    return tenant


def _ensure_three_shifts() -> None:
    shifts = [{"name": name, "start": start, "end": end} for name, start, end in THREE_SHIFTS]
    ShiftPattern.objects.get_or_create(
        name="three-shift", defaults={"days": list(DAYS), "shifts": shifts, "breaks": []}
    )


def _ensure_first_connection() -> None:
    if url := settings.ENVIRONMENT.opcua_server_url:
        Connection.objects.get_or_create(name="plc", defaults={"endpoint_url": url})
