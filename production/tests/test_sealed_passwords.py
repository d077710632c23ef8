"""Passwords of PLCs at rest: sealed in the database, plain where they are used, never lost."""

from __future__ import annotations

import importlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import tenant_context

from production.ingest.plan import load_plan
from production.models import Connection
from tenants.secrets import Locked

OLD, NEW = "old-" * 10, "new-" * 10
WORD = "s3cret word"


@pytest.fixture
def plc(db, chicago, settings) -> Connection:
    """A connection of Chicago whose password was sealed with the old key."""
    settings.SECRET_KEYS = (OLD,)
    with tenant_context(chicago):
        return Connection.objects.create(
            name="hall", endpoint_url="opc.tcp://127.0.0.1:1/", username="amis", password=WORD
        )


def raw() -> str:
    """The password as it lies in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM production_connection")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_password_and_the_collector_has_it(plc, chicago):
    with tenant_context(chicago):
        assert WORD not in raw()
        assert load_plan(connection_pk=plc.pk).password == WORD


def test_every_way_of_writing_seals(plc, chicago):
    with tenant_context(chicago):
        Connection.objects.update(password="by update")
        assert "by update" not in raw()
        row = Connection.objects.get()
        assert row.password == "by update"
        row.password = "in bulk"
        Connection.objects.bulk_update([row], ["password"])
        assert "in bulk" not in raw()
        assert Connection.objects.get().password == "in bulk"


def test_an_empty_password_stays_empty(plc, chicago):
    with tenant_context(chicago):
        Connection.objects.update(password="")
        assert raw() == ""


def test_a_password_that_no_key_opens_is_kept_when_its_row_is_saved(plc, chicago, settings):
    settings.SECRET_KEYS = (NEW,)
    with tenant_context(chicago):
        before = raw()
        row = Connection.objects.get()
        assert isinstance(row.password, Locked)
        row.save()
        assert raw() == before
        settings.SECRET_KEYS = (NEW, OLD)
        assert Connection.objects.get().password == WORD


def test_after_rotation_the_old_key_may_go(plc, chicago, settings, capsys):
    settings.SECRET_KEYS = (NEW, OLD)
    call_command("rotate_secrets")
    assert "plant_chicago 1\nplant_lyon 0\n" in capsys.readouterr().out
    settings.SECRET_KEYS = (NEW,)
    with tenant_context(chicago):
        assert Connection.objects.get().password == WORD


def test_rotation_names_what_no_key_opens_and_leaves_it(plc, chicago, settings):
    settings.SECRET_KEYS = (NEW,)
    with pytest.raises(CommandError, match=f"plant_chicago: connection {plc.pk}"):
        call_command("rotate_secrets")
    settings.SECRET_KEYS = (OLD,)
    with tenant_context(chicago):
        assert Connection.objects.get().password == WORD


def test_the_migration_seals_what_lay_there_in_clear(plc, chicago):
    name = "production.migrations.0005_passwords_of_connections_are_sealed"
    migration = importlib.import_module(name)
    with tenant_context(chicago):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE production_connection SET password = 'from before'")
        plain = apps_before()
        migration.seal_all(plain, None)
        assert "from before" not in raw()
        assert Connection.objects.get().password == "from before"
        migration.unseal_all(plain, None)
        assert raw() == "from before"


def apps_before():
    """The models as the migration's own step sees them."""
    loader = MigrationLoader(None)
    return loader.project_state([("production", "0004_imported_past")]).apps
