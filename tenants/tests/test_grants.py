"""What the database itself refuses, whatever the application asks: logins, roles and policies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import schema_context, tenant_context

from amis.errors import NotAllowed
from conftest import as_owner
from tenants import grants
from tenants.models import AccessLog, Domain, PublishedShift, Tenant
from tenants.services.audit import note

BASE = "amis.localhost"
REACH_OUT = (
    "CREATE TABLE public.x (a int)",
    "CREATE TABLE plant_lyon.x (a int)",
    "CREATE FUNCTION plant_lyon.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA x",
    "ALTER TABLE production_machine ADD COLUMN x int",
    "TRUNCATE production_machine",
    "SELECT nextval('public.tenants_user_id_seq')",
    "SELECT nextval('plant_chicago.production_machine_id_seq')",
    "SELECT * FROM plant_chicago.production_sample_default",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SET ROLE amis_owner",
    "CREATE POLICY all_of_it ON public.tenants_tenant USING (true)",
)


def _rows(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_the_runtime_login_has_no_right_of_its_own(db):
    rights = """SELECT rolinherit OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
                FROM pg_roles WHERE rolname = session_user"""
    assert _rows(rights) == [(False,)]
    owned = """SELECT relname FROM pg_class WHERE relowner =
               (SELECT oid FROM pg_roles WHERE rolname = session_user)"""
    assert _rows(owned) == []


def test_the_runtime_login_may_take_the_public_role_and_the_plants_and_no_other(db):
    roles = """SELECT role.rolname, admin_option FROM pg_auth_members
               JOIN pg_roles role ON role.oid = roleid JOIN pg_roles login ON login.oid = member
               WHERE login.rolname = session_user ORDER BY 1"""
    names = ("amis_public", "t_plant_chicago", "t_plant_lyon")
    assert _rows(roles) == [(name, False) for name in names]


@pytest.mark.parametrize("statement", REACH_OUT)
def test_a_plants_role_cannot_reach_out_of_its_rows(db, lyon, statement):
    with (
        tenant_context(lyon),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        _rows(statement)


def test_a_plant_sees_neither_statistics_nor_statements_of_another(db, lyon):
    statements = "SELECT query FROM pg_stat_activity WHERE usename = session_user AND pid = %s"
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("SELECT 'a secret of chicago'")
    with tenant_context(lyon):
        assert _rows("SELECT 1 FROM pg_stats WHERE schemaname = 'plant_chicago'") == []
        assert _rows(statements, other.info.backend_pid) == [("<insufficient privilege>",)]
    other.close()


def test_a_plant_sees_only_its_own_row_and_hosts(db, chicago, lyon):
    with tenant_context(lyon):
        assert list(Tenant.objects.values_list("schema_name", flat=True)) == ["plant_lyon"]
        assert list(Domain.objects.values_list("domain", flat=True)) == [f"plant-lyon.{BASE}"]


def test_a_plant_sees_only_its_own_members(db, alice, mallory, lyon):
    with tenant_context(lyon), connection.cursor() as cursor:
        cursor.execute("SELECT username FROM tenants_member")
        assert cursor.fetchall() == [("mallory",)]


def test_a_plant_cannot_write_shared_rows(db, lyon):
    with tenant_context(lyon), pytest.raises(ProgrammingError), transaction.atomic():
        Tenant.objects.filter(schema_name="plant_lyon").update(tenant_name="Paris")


def test_an_owner_that_may_not_make_roles_is_told_what_to_ask_for(django_db_setup, committed):
    with as_owner(), connection.cursor() as cursor:
        grants.check_owner()
        cursor.execute("CREATE ROLE weak")
        cursor.execute("GRANT weak TO CURRENT_USER")
        cursor.execute("SET ROLE weak")
        try:
            with pytest.raises(NotAllowed, match=r'ALTER ROLE "weak" CREATEROLE'):
                grants.check_owner()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE weak")


def test_a_plant_publishes_its_own_sums_and_sees_nobody_elses(db, chicago, lyon):
    day = {"shift_date": date(2026, 11, 18), "shift_start": datetime(2026, 11, 18, 6, tzinfo=UTC)}
    with tenant_context(chicago):
        PublishedShift.objects.create(tenant_id="plant_chicago", shift="Day", **day)
    with tenant_context(lyon):
        assert not PublishedShift.objects.exists()
        assert not PublishedShift.objects.filter(shift="Day").delete()[0]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            PublishedShift.objects.create(tenant_id="plant_chicago", shift="Night", **day)


@pytest.mark.parametrize(
    "change",
    ["UPDATE {} SET about = ''", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"],
)
@pytest.mark.parametrize("where", ["public", "plant_lyon"])
def test_nobody_but_the_owner_changes_the_access_log(db, alice, change, where):
    note(AccessLog.Action.SIGNED_IN, user=alice)
    with schema_context(where), pytest.raises(ProgrammingError), transaction.atomic():
        _rows(change.format("public.tenants_accesslog"))
    assert AccessLog.objects.get().user_label == alice.email
