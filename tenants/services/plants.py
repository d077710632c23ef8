"""A plant's row and hosts: made, found, renamed, taken out of service and put back."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tenants.utils import schema_context, schema_exists, tenant_context

from amis.errors import Conflict, Invalid
from tenants import grants, live
from tenants.models import RESERVED_IDS, TENANT_ID_PATTERN, Domain, Tenant
from tenants.services.migrations import migrate_schema
from tenants.services.spares import take_spare

LONGEST = 200
UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of characters, and what breaks a line."""
ID_RULE = "2 to 48 of a-z, 0-9 and _, beginning with a letter, for example plant_oslo"
NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
"""Files among the time zones that name no clock: no zone yet, and whatever this machine is set to.
Browsers know none of them."""
Furnish = Callable[[Tenant], None]


def enter_tenant(*, values: Mapping[str, Any]) -> Tenant:
    """The row and the host of a new plant, which is `provisioning` until it has its tables.

    `values` holds tenant_id, tenant_name and, if wanted, plant_location and timezone. Raises
    Invalid with every fault and Conflict when the id is taken.
    """
    fields = _checked(values)
    tenant_id = fields["schema_name"]
    taken = Conflict(f"A plant with the id {tenant_id} exists already.")
    if schema_exists(tenant_id):
        raise taken
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(**fields)
            host = f"{tenant.host_label}.{settings.BASE_DOMAIN.split(':')[0]}"
            Domain.objects.create(tenant=tenant, domain=host, is_primary=True)
    except (IntegrityError, ValidationError) as error:
        raise taken from error
    return tenant


def establish(tenant: Tenant, *, furnish: Furnish) -> bool:
    """Give an entered plant its schema, role and grants, and what `furnish` puts in it: then it is
    active. Needs the owner's login; all of it happens or nothing.

    False where it was not waiting for that, because another process was faster.
    """
    waiting = (Tenant.Status.PROVISIONING, Tenant.Status.FAILED)
    with transaction.atomic():
        row = Tenant.objects.select_for_update().filter(pk=tenant.pk, status__in=waiting).first()
        if row is None:
            return False
        take_spare(row)
        with tenant_context(row):
            furnish(row)
        Tenant.objects.filter(pk=row.pk).update(status=Tenant.Status.ACTIVE)
    tenant.status = Tenant.Status.ACTIVE
    return True


def create_tenant(*, values: Mapping[str, Any], furnish: Furnish) -> Tenant:
    """Make a plant at once. Needs the owner's login; raises what `enter_tenant` raises."""
    with transaction.atomic():
        tenant = enter_tenant(values=values)
        establish(tenant, furnish=furnish)
    return tenant


def bring_up_to_date(schema: str) -> None:
    """Tables and grants of a schema as this version has them; harmless to repeat.

    Rights first, for what is made later too: whoever is killed after the last migration leaves
    nothing to do.
    """
    if tenant := Tenant.objects.filter(schema_name=schema).first():
        grants.grant_schema(tenant)
    migrate_schema(schema)


def change_tenant(tenant: Tenant, *, values: Mapping[str, Any]) -> Tenant:
    """Another name or place; the id, and so the host, stay. Raises as `checked_change`."""
    fields = checked_change(values)
    Tenant.objects.filter(pk=tenant.pk).update(**fields)
    for name, value in fields.items():
        setattr(tenant, name, value)
    return tenant


def checked_change(values: Mapping[str, Any]) -> dict[str, str]:
    """Name and place as they would be stored. Raises Invalid with every fault."""
    faults = [(str(key)[:LONGEST], "cannot be changed") for key in values if key not in CHANGEABLE]
    fields = {key: _text(key, values[key], faults) for key in CHANGEABLE if key in values}
    _refuse(faults)
    return fields


def suspend(tenant: Tenant) -> Tenant:
    """Out of service: doors close, open pages are told, ingest stops within seconds."""
    return _put(tenant, Tenant.Status.SUSPENDED, was=Tenant.Status.ACTIVE)


def resume(tenant: Tenant) -> Tenant:
    """Back in service as it was."""
    return _put(tenant, Tenant.Status.ACTIVE, was=Tenant.Status.SUSPENDED)


def tenant_by_id(tenant_id: str) -> Tenant:
    """The plant with this id, for commands. Raises Invalid with the known ids."""
    with schema_context("public"):
        tenant = Tenant.objects.filter(schema_name=tenant_id).first()
        if tenant is None:
            known = ", ".join(Tenant.objects.values_list("schema_name", flat=True)) or "none yet"
            raise Invalid(f"There is no plant {tenant_id}. Known: {known}.")
        return tenant


def _put(tenant: Tenant, status: Tenant.Status, *, was: Tenant.Status) -> Tenant:
    """Raises Conflict for a plant that is being made or deleted."""
    moved = Tenant.objects.filter(pk=tenant.pk, status=was).update(status=status)
    tenant.refresh_from_db(fields=["status"])
    if not moved and tenant.status != status:
        raise Conflict(f"The plant is {tenant.get_status_display().lower()}; try again later.")
    if status != Tenant.Status.ACTIVE:
        schema = tenant.schema_name
        transaction.on_commit(lambda: live.withdraw(schema))
    return tenant


def _checked(values: Mapping[str, Any]) -> dict[str, str]:
    faults: list[tuple[str, str]] = []
    # What may be left out may be null as well.
    values = {"plant_location": "", "timezone": "UTC"} | {
        key: value for key, value in values.items() if value is not None
    }
    tenant_id, zone = values.get("tenant_id"), values["timezone"]
    if not isinstance(tenant_id, str) or not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        faults.append(("tenant_id", ID_RULE))
    elif tenant_id in RESERVED_IDS or tenant_id.startswith("pg_"):
        faults.append(("tenant_id", f"{tenant_id} is reserved; choose another"))
    name = _text("tenant_name", values.get("tenant_name"), faults)
    place = _text("plant_location", values["plant_location"], faults)
    if not isinstance(zone, str) or zone not in zoneinfo.available_timezones() - NO_PLACES:
        faults.append(("timezone", "must be an IANA time zone such as Europe/Paris"))
    _refuse(faults)
    texts = {"tenant_name": name, "plant_location": place, "timezone": zone}
    return {"schema_name": str(tenant_id), **texts}


def _text(field: str, value: Any, faults: list[tuple[str, str]]) -> str:
    text, least = value.strip() if isinstance(value, str) else None, CHANGEABLE[field]
    if text is None:
        faults.append((field, "is missing" if value is None else "must be text"))
    elif not least <= len(text) <= LONGEST:
        faults.append((field, f"must have {least} to {LONGEST} characters"))
    elif any(unicodedata.category(character) in UNPRINTABLE for character in text):
        faults.append((field, "holds a control character"))
    return text or ""


def _refuse(faults: list[tuple[str, str]]) -> None:
    if faults:
        raise Invalid.fields(faults)


CHANGEABLE = {"tenant_name": 1, "plant_location": 0}
"""Field → how many characters it has at least."""
