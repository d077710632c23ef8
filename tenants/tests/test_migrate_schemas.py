"""Migrations: what is up to date is passed over by one query; what was broken off goes on."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import Migration
from django.test.utils import CaptureQueriesContext

from conftest import as_owner
from tenants import grants
from tenants.services import plants, spares
from tenants.services.migrations import behind, pending_schemas, spare_schemas

SCHEMAS = ["public", "plant_chicago", "plant_lyon"]


@pytest.fixture
def owner(committed):
    with as_owner():
        yield
        for schema in ("empty", "half", *spare_schemas()):
            grants.drop_schema(schema)


def tables(schema: str) -> set[str]:
    """Without the months of a partitioned one, which are made as time goes on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace
               AND relkind IN ('r', 'p') AND NOT relispartition""",
            [schema],
        )
        return {name for (name,) in cursor.fetchall()}


def test_all_schemas_are_asked_about_by_one_query(owner):
    with CaptureQueriesContext(connection) as asked:
        assert behind(SCHEMAS) == []
    unions = [query for query in asked.captured_queries if "UNION ALL" in query["sql"]]
    assert len(unions) == 1


def test_a_schema_without_tables_or_with_one_migration_less_is_behind(owner):
    grants.create_schema("empty")
    grants.create_schema("half")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half.django_migrations AS TABLE public.django_migrations")
        cursor.execute("DELETE FROM half.django_migrations WHERE app = 'reports'")
    assert behind([*SCHEMAS, "empty", "half", "nowhere"]) == ["empty", "half", "nowhere"]


def test_an_existing_empty_schema_is_migrated_by_name(owner, capsys):
    grants.create_schema("empty")
    call_command("migrate_schemas", schema_name="empty")
    assert tables("empty") == tables("plant_chicago") >= {"production_sample", "reports_report"}
    capsys.readouterr()
    call_command("migrate_schemas", schema_name="empty")
    assert capsys.readouterr().out == "0 schemas were brought up to date.\n"


def test_a_schema_that_is_not_there_is_refused_with_a_sentence(owner):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("migrate_schemas", schema_name="nowhere")


def test_nothing_to_do_touches_nothing(owner, capsys, monkeypatch):
    monkeypatch.setattr(plants, "migrate_schema", None)
    call_command("migrate_schemas")
    assert capsys.readouterr().out == "0 schemas were brought up to date.\n"


def test_a_migration_that_was_broken_off_goes_on_where_it_was(owner, monkeypatch):
    grants.create_schema("empty")
    applied = Migration.apply

    def killed(self, *arguments, **named):
        if self.app_label == "reports":
            raise KeyboardInterrupt
        return applied(self, *arguments, **named)

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(Migration, "apply", killed)
        call_command("migrate_schemas", schema_name="empty")
    connection.set_schema_to_public()
    assert "production_sample" in tables("empty")
    assert "reports_report" not in tables("empty")
    assert behind(["empty"]) == ["empty"]
    call_command("migrate_schemas", schema_name="empty", verbosity=0)
    assert tables("empty") == tables("plant_chicago")


def test_a_plant_may_use_what_a_later_migration_makes(owner, chicago):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plant_chicago.later (id bigint GENERATED ALWAYS AS IDENTITY)")
        rights = "SELECT has_table_privilege('t_plant_chicago', 'plant_chicago.later', 'INSERT')"
        cursor.execute(rights)
        assert cursor.fetchone() == (True,)
        cursor.execute(rights.replace("t_plant_chicago", "t_plant_lyon"))
        assert cursor.fetchone() == (False,)
        cursor.execute("DROP TABLE plant_chicago.later")


def test_spares_are_filled_up_and_brought_up_to_date_with_every_deploy(owner):
    assert (spares.fill_spares(kept=2), spares.fill_spares(kept=2)) == (2, 0)
    first, second = spare_schemas()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {first}.reports_delivery")
        cursor.execute(f"DELETE FROM {first}.django_migrations WHERE app = 'reports'")
        cursor.execute(f"DROP TABLE {first}.reports_reportfile, {first}.reports_report,"
                       f" {first}.reports_reportschedule")  # fmt: skip
    assert spares.ready_spares() == [second]
    assert pending_schemas() == [first]
    call_command("prepare_database", verbosity=0)
    assert spares.ready_spares() == [first, second]


def test_two_never_fill_the_reserve_at_the_same_time(owner):
    import psycopg2

    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    other = psycopg2.connect(**parameters)
    with other, other.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({spares.FILLING})")
        assert spares.fill_spares(kept=1) == 0
    other.close()
    assert spare_schemas() == []


KNOWS_ITS_SCHEMA = """
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = 'plant_chicago'),
texts AS (
  SELECT prosrc AS text FROM pg_proc WHERE pronamespace IN (TABLE here)
  UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE c.relnamespace IN (TABLE here) AND NOT tgisinternal
  UNION ALL SELECT pg_get_viewdef(oid) FROM pg_class
    WHERE relnamespace IN (TABLE here) AND relkind IN ('v', 'm')
  UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid
    WHERE c.relnamespace IN (TABLE here)
  UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace IN (TABLE here))
SELECT count(*), count(*) FILTER (WHERE text LIKE '%plant_chicago%' OR text LIKE '%\\_spare\\_%')
FROM texts"""


def test_nothing_inside_a_schema_knows_its_schemas_name(owner, chicago):
    """So that renaming it takes milliseconds and breaks nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO plant_chicago")
        cursor.execute(KNOWS_ITS_SCHEMA)
        texts, naming = cursor.fetchone()
    connection.close()
    assert texts > 100
    assert naming == 0
