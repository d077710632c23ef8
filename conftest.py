"""The people and plants of the tests: alice and bob work in Chicago, mallory in Lyon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from amis.tests import servers


@contextmanager
def as_owner() -> Iterator[None]:
    """Use the owner's login in this thread: for what only migrations and provisioning may do."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "AMIS_OWNER")}
    connection.close()
    connection.settings_dict.update(
        USER=servers.OWNER, PASSWORD=servers.OWNER_PASSWORD, AMIS_OWNER=True
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        connection.set_schema_to_public()


@pytest.fixture(scope="session")
def django_db_setup(database_server, cache_server, django_db_blocker) -> Iterator[None]:
    """Two plants, made once by the owner's login; tests run as the runtime login."""
    from tenants.services.plants import create_tenant

    with django_db_blocker.unblock(), as_owner():
        call_command("prepare_database", verbosity=0)
        for tenant_id, name, zone in (
            ("plant_chicago", "Chicago", "America/Chicago"),
            ("plant_lyon", "Lyon", "Europe/Paris"),
        ):
            values = {"tenant_id": tenant_id, "tenant_name": name, "timezone": zone}
            create_tenant(values=values, furnish=lambda _: None)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _quickly_hashed() -> Iterator[None]:
    """Passwords get one round: the full number, for each person of each test, would be most of
    the run's time. Demos and servers that tests start hash in full.
    """
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test left in Valkey is not seen by the next one."""
    yield
    if "cache_server" in request.fixturenames or "db" in request.fixturenames:
        from tenants.live import valkey

        valkey().flushdb()


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database whose rows other threads, tasks and sockets see; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connection.set_schema_to_public()
        with as_owner():
            _empty_tables()


def _empty_tables() -> None:
    keep = (
        "django_migrations",
        "tenants_tenant",
        "tenants_domain",
        "django_content_type",
        "auth_permission",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT format('%%I.%%I', n.nspname, c.relname)
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                 AND n.nspname IN ('public', 'plant_chicago', 'plant_lyon')
                 AND c.relname <> ALL(%s)""",
            [list(keep)],
        )
        tables = ", ".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"TRUNCATE {tables} CASCADE")


@pytest.fixture
def chicago(django_db_setup):
    return _plant("plant_chicago")


@pytest.fixture
def lyon(django_db_setup):
    return _plant("plant_lyon")


def _plant(tenant_id: str):
    """A plant without asking the database, so that a fixture needs no open transaction."""
    from tenants.models import Tenant

    ids = {
        "plant_chicago": (1, "Chicago", "America/Chicago"),
        "plant_lyon": (2, "Lyon", "Europe/Paris"),
    }
    pk, name, zone = ids[tenant_id]
    tenant = Tenant(
        pk=pk, schema_name=tenant_id, tenant_name=name, timezone=zone, status=Tenant.Status.ACTIVE
    )
    tenant._state.adding = False
    tenant._state.db = "default"
    return tenant


@pytest.fixture
def person() -> Callable[..., object]:
    """Makes an account with a role in each of the given plants: person("alice",
    chicago="manager").
    """
    from tenants.services.people import create_user, grant_role

    def make(name: str, *, corporate: bool = False, admin: bool = False, **roles: str):
        user = create_user(
            username=name,
            email=f"{name}@amis.example",
            password=f"{name}-knows-7",
            is_corporate=corporate,
            is_superuser=admin,
            is_staff=admin,
        )
        for plant, role in roles.items():
            grant_role(user=user, tenant=_plant(f"plant_{plant}"), role=role)
        return user

    return make


@pytest.fixture
def alice(person):
    return person("alice", chicago="manager")


@pytest.fixture
def bob(person):
    return person("bob", chicago="viewer")


@pytest.fixture
def mallory(person):
    return person("mallory", lyon="manager")


@pytest.fixture
def token_for() -> Callable[..., str]:
    from tenants.services.tokens import create_token

    return lambda user, tenant: create_token(user=user, tenant=tenant)


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A browser that is signed in on a plant's own host, or on the base host without a plant."""
    from tenants.sessions import HOST_KEY

    def make(user, tenant=None) -> Client:
        host = f"{tenant.host_label}.amis.localhost" if tenant else "amis.localhost"
        client = Client(HTTP_HOST=host)
        client.force_login(user)
        session = client.session
        session[HOST_KEY] = host
        session.save()
        return client

    return make
