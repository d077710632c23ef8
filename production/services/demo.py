"""The two demo plants: made once by the owner's login, then left as people change them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django_tenants.utils import tenant_context

from production.models import Connection, Machine
from production.services.backfill import backfill_is_done, mark
from production.services.equipment import bump_revisions, import_equipment
from production.services.partitions import ensure_partitions
from production.services.plants import found_plant
from production.services.reasons import ensure_reasons
from tenants.models import ApiToken, Role, Tenant, User
from tenants.selectors import token_digest
from tenants.services.people import create_user, grant_role
from tenants.services.tokens import create_token

FOLDER = settings.BASE_DIR / "amis" / "demo"
MONTHS_BACK, MONTHS_AHEAD = 7, 3
CONNECTION = "plc"
CHICAGO, LYON = "plant_chicago", "plant_lyon"


@dataclass(frozen=True, slots=True)
class DemoPlant:
    tenant_id: str
    name: str
    timezone: str
    location: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    roles: Mapping[str, str] = field(default_factory=dict)
    is_corporate: bool = False
    is_admin: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@amis.example"


PLANTS = (
    DemoPlant(CHICAGO, "Chicago", "America/Chicago", "Chicago, IL, USA"),
    DemoPlant(LYON, "Lyon", "Europe/Paris", "Lyon, France"),
)
PEOPLE = (
    DemoPerson("alice", {CHICAGO: Role.MANAGER.value}),
    DemoPerson("bob", {CHICAGO: Role.VIEWER.value}),
    DemoPerson("mallory", {LYON: Role.MANAGER.value}),
    DemoPerson("carol", {CHICAGO: Role.MANAGER.value, LYON: Role.MANAGER.value}, is_corporate=True),
    DemoPerson("admin", is_admin=True),
)


def make_demo_plants(*, endpoints: Mapping[str, str], secrets_file: Path) -> dict[str, Any]:
    """Plants, equipment, people and tokens; what is there already stays. Returns the demo's facts.

    `endpoints` says where each plant's simulator answers. The passwords and tokens are random and
    kept in `secrets_file`, because the database holds only their hashes.
    """
    known = _read(secrets_file)
    tenants = {plant.tenant_id: _plant(plant, endpoints.get(plant.tenant_id)) for plant in PLANTS}
    secrets = {person.username: _person(person, tenants, known) for person in PEOPLE}
    if secrets != known:
        _write(secrets_file, secrets)
    return _facts(secrets, tenants)


def _plant(plant: DemoPlant, endpoint: str | None) -> Tenant:
    tenant = Tenant.objects.filter(schema_name=plant.tenant_id).first()
    if tenant is None:
        tenant = found_plant(
            tenant_id=plant.tenant_id,
            tenant_name=plant.name,
            timezone=plant.timezone,
            plant_location=plant.location,
        )
    with tenant_context(tenant):
        today = datetime.now(UTC).date()
        ensure_partitions(first=_month(today, -MONTHS_BACK), last=_month(today, MONTHS_AHEAD))
        ensure_reasons()
        if Machine.objects.exists():
            _move(endpoint)
        else:
            path = FOLDER / f"{plant.tenant_id}.yaml"
            import_equipment(
                text=path.read_text(encoding="utf-8"),
                folder=FOLDER,
                endpoints={CONNECTION: endpoint} if endpoint else {},
            )
    return tenant


def _month(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _move(endpoint: str | None) -> None:
    """The simulator may answer on another port than last time."""
    moved = Connection.objects.filter(name=CONNECTION, simulated=True).exclude(
        endpoint_url=endpoint
    )
    ids = list(moved.values_list("pk", flat=True)) if endpoint else []
    Connection.objects.filter(pk__in=ids).update(endpoint_url=endpoint)
    bump_revisions(ids)


def _person(
    person: DemoPerson, tenants: Mapping[str, Tenant], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The account with its roles and tokens; returns its secrets."""
    kept = known.get(person.username, {})
    password = kept.get("password") or token_urlsafe(12)
    user = User.objects.filter(username=person.username).first()
    if user is None:
        user = create_user(
            username=person.username,
            email=person.email,
            password=password,
            is_corporate=person.is_corporate,
            is_superuser=person.is_admin,
            is_staff=person.is_admin,
        )
        for tenant_id, role in person.roles.items():
            grant_role(user=user, tenant=tenants[tenant_id], role=role)
    elif not kept:
        user.set_password(password)
        user.save(update_fields=["password"])
    tokens = {
        tenant_id: _token(user, tenants[tenant_id], kept.get("tokens", {}).get(tenant_id))
        for tenant_id in person.roles
    }
    found = {"password": password, "tokens": tokens}
    if person.is_admin:
        found["platform_token"] = _token(user, None, kept.get("platform_token"))
    return found


def _token(user: User, tenant: Tenant | None, kept: str | None) -> str:
    if kept and ApiToken.objects.filter(digest=token_digest(kept), user=user).exists():
        return kept
    return create_token(user=user, tenant=tenant, name="demo")


def _facts(secrets: Mapping[str, Any], plants: Mapping[str, Tenant]) -> dict[str, Any]:
    users = [
        {
            "username": person.username,
            "email": person.email,
            "password": secrets[person.username]["password"],
            "roles": dict(person.roles),
            "corporate": person.is_corporate,
            "admin": person.is_admin,
        }
        for person in PEOPLE
    ]
    tokens = [
        {
            "token": secrets[person.username]["tokens"][tenant_id],
            "username": person.username,
            "tenant_id": tenant_id,
            "role": role,
        }
        for person in PEOPLE
        for tenant_id, role in person.roles.items()
    ]
    tokens += [
        {
            "token": secrets[person.username]["platform_token"],
            "username": person.username,
            "tenant_id": None,
            "role": Role.ADMIN.value,
        }
        for person in PEOPLE
        if person.is_admin
    ]
    tenants = [
        {
            "tenant_id": plant.tenant_id,
            "timezone": plant.timezone,
            "has_history": _has_history(plants[plant.tenant_id]),
        }
        for plant in PLANTS
    ]
    return {"tenants": tenants, "users": users, "tokens": tokens}


def _has_history(tenant: Tenant) -> bool:
    """Whether nothing is left to fill in; then the readiness check hears so again."""
    with tenant_context(tenant):
        done = backfill_is_done()
        if done:
            mark(100.0)
    return done


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, secrets: Mapping[str, Any]) -> None:
    """Nobody else may read it, not even for the moment in which it is written."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(secrets, file, indent=2)
    fresh.replace(path)
