"""Connections that are used again carry nothing from one plant to the next."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from amis.tests import servers
from tenants.backend.base import DatabaseWrapper
from tenants.backend.idle import KEEP_AT_MOST, IdleConnections


@pytest.fixture
def idle(committed, monkeypatch) -> Iterator[IdleConnections]:
    kept = IdleConnections()
    connection.close()
    monkeypatch.setattr(DatabaseWrapper, "idle", kept)
    yield kept
    connection.close()
    kept.close()


def asked(question: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()


def process() -> int:
    return asked("SELECT pg_backend_pid()")[0]


def test_a_closed_connection_serves_the_next_plant_under_that_plants_role(idle, chicago, lyon):
    with tenant_context(chicago):
        first = process()
    connection.close()
    with tenant_context(lyon):
        assert asked("SELECT pg_backend_pid(), current_user") == (first, "t_plant_lyon")


def test_a_taken_connection_remembers_neither_role_nor_path_nor_temporary_tables(idle, chicago):
    with tenant_context(chicago), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE leftover AS SELECT 1 AS secret")
    connection.close()
    taken = idle.take()
    with taken.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schemas(false), to_regclass('leftover')")
        user, schemas, table = cursor.fetchone()
    taken.close()
    assert user == servers.RUNTIME
    assert "plant_chicago" not in schemas
    assert table is None


def test_what_was_not_committed_is_taken_back(idle, chicago):
    with tenant_context(chicago):
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO production_area (name) VALUES ('half')")
        connection.close()
        assert asked("SELECT count(*) FROM production_area WHERE name = 'half'") == (0,)


def test_a_connection_closed_inside_a_transaction_is_given_to_nobody(idle, chicago):
    with tenant_context(chicago), transaction.atomic():
        process()
        connection.close()
        assert idle.take() is None


def test_a_connection_that_the_server_ended_is_replaced(idle, chicago, database_server):
    with tenant_context(chicago):
        first = process()
        connection.close()
        owner = psycopg2.connect(database_server.url())
        owner.autocommit = True
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [first])
        owner.close()
        assert process() != first


def test_two_threads_never_share_one(idle, chicago):
    with tenant_context(chicago):
        mine = process()
        found = []

        def other() -> None:
            found.append(process())
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert found != [mine]


def test_only_a_few_are_kept(idle, database_server):
    opened = [psycopg2.connect(database_server.url()) for _ in range(KEEP_AT_MOST + 1)]
    for one in opened:
        idle.give(one)
    assert [one.closed for one in opened].count(1) == 1
