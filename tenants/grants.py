"""The rights below the application: roles, grants and row-level security, as SQL of the owner."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from amis.errors import NotAllowed
from tenants.backend.base import PUBLIC_ROLE
from tenants.models import Tenant

OLDEST_SERVER = 15
TENANT_GROUP = "amis_tenant"
WRITE = sql.SQL("SELECT, INSERT, UPDATE, DELETE")


def _run(statement: str, **names: str | sql.Composable) -> None:
    parts = {
        key: value if isinstance(value, sql.Composable) else sql.Identifier(value)
        for key, value in names.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**parts))


def _role_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def create_role(name: str) -> None:
    if not _role_exists(name):
        _run("CREATE ROLE {role} NOLOGIN", role=name)


def check_owner() -> None:
    """Raises NotAllowed where this login cannot make what an installation needs."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.rolname, d.datname, current_setting('server_version_num')::int / 10000,
                      r.rolsuper OR r.rolcreaterole AND pg_has_role(d.datdba, 'USAGE')
               FROM pg_roles r, pg_database d
               WHERE r.rolname = current_user AND d.datname = current_database()"""
        )
        login, database, version, may = cursor.fetchone()
    if version < OLDEST_SERVER:
        raise NotAllowed(f"PostgreSQL {OLDEST_SERVER} or later is needed; this is {version}.")
    if not may:
        raise NotAllowed(
            f"{login} must own the database {database} and may make roles. As a superuser: "
            f'ALTER ROLE "{login}" CREATEROLE; ALTER DATABASE "{database}" OWNER TO "{login}"'
        )


def prepare_runtime_login(*, user: str, password: str) -> None:
    """The login that web and workers use: owns nothing, inherits nothing, may only take roles."""
    if not _role_exists(user):
        _run(
            "CREATE ROLE {role} LOGIN NOINHERIT PASSWORD {password}",
            role=user,
            password=sql.Literal(password),
        )
    create_role(PUBLIC_ROLE)
    create_role(TENANT_GROUP)
    _run("GRANT {group} TO {role}", group=PUBLIC_ROLE, role=user)
    for tenant in Tenant.objects.all() if _tenants_are_there() else ():
        _run("GRANT {group} TO {role}", group=tenant.role, role=user)


def _tenants_are_there() -> bool:
    return Tenant._meta.db_table in connection.introspection.table_names()


@transaction.atomic
def grant_public() -> None:
    """The public role reads and writes the shared tables; tenants only what policies let
    through. At once: the access log may not be changed in between either.
    """
    _run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run("GRANT USAGE ON SCHEMA public TO {a}, {b}", a=PUBLIC_ROLE, b=TENANT_GROUP)
    _run("GRANT {w} ON ALL TABLES IN SCHEMA public TO {role}", w=WRITE, role=PUBLIC_ROLE)
    _run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}", role=PUBLIC_ROLE)
    _run("REVOKE UPDATE, DELETE ON public.tenants_accesslog FROM {role}", role=PUBLIC_ROLE)
    for table in ("tenants_tenant", "tenants_domain", "tenants_member"):
        _run("GRANT SELECT ON public.{table} TO {role}", table=table, role=TENANT_GROUP)
    for table in ("tenants_publishedplant", "tenants_publishedshift"):
        _run("GRANT {w} ON public.{table} TO {role}", w=WRITE, table=table, role=TENANT_GROUP)


def create_schema(name: str) -> None:
    _run("CREATE SCHEMA {schema}", schema=name)


def rename_schema(name: str, to: str) -> None:
    """Some milliseconds, whatever the schema holds: nothing in it knows its schema's name."""
    _run("ALTER SCHEMA {schema} RENAME TO {to}", schema=name, to=to)


def drop_schema(name: str) -> None:
    _run("DROP SCHEMA IF EXISTS {schema} CASCADE", schema=name)


def drop_role(tenant: Tenant) -> None:
    """What `grant_schema` made, once the schema and with it the grants inside are gone."""
    if _role_exists(tenant.role):
        _run("REVOKE ALL ON DATABASE {db} FROM {role}", db=_database(), role=tenant.role)
        _run("DROP ROLE {role}", role=tenant.role)


def grant_schema(tenant: Tenant) -> None:
    """The plant's role and nobody else may use the plant's schema, and what is made there later
    too; the runtime login may take it.
    """
    create_role(tenant.role)
    schema, role = tenant.schema_name, tenant.role
    _run("GRANT {group} TO {role}", group=TENANT_GROUP, role=role)
    _run("GRANT USAGE ON SCHEMA {schema} TO {role}", schema=schema, role=role)
    _run("GRANT {w} ON ALL TABLES IN SCHEMA {schema} TO {role}", w=WRITE, schema=schema, role=role)
    _run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}", schema=schema, role=role)
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT "
    _run(later + "{w} ON TABLES TO {role}", w=WRITE, schema=schema, role=role)
    _run(later + "USAGE ON SEQUENCES TO {role}", schema=schema, role=role)
    _run("GRANT TEMPORARY ON DATABASE {db} TO {role}", db=_database(), role=role)
    runtime = _runtime_user()
    if _role_exists(runtime):
        _run("GRANT {role} TO {runtime}", role=role, runtime=runtime)


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _runtime_user() -> str:
    return settings.ENVIRONMENT.database.user
