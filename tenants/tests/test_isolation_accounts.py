"""Second factors and addresses are the public role's: no plant's role reads or writes them."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import tenant_context
from psycopg2.errors import InsufficientPrivilege

TABLES = [
    model._meta.db_table
    for label in ("account", "mfa")
    for model in apps.get_app_config(label).get_models()
]


def test_these_are_the_tables():
    assert set(TABLES) == {
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("does", ["SELECT * FROM", "DELETE FROM", "TRUNCATE"])
def test_a_plants_role_is_denied(db, lyon, table, does):
    with (
        tenant_context(lyon),
        pytest.raises(ProgrammingError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{does} public.{table}")
    assert isinstance(error.value.__cause__, InsufficientPrivilege)


def test_no_plant_has_such_a_table_of_its_own(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname FROM pg_tables WHERE tablename = ANY(%s)", [TABLES])
        assert {schema for (schema,) in cursor.fetchall()} == {"public"}
