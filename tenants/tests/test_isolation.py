"""No door lets one plant see another: SQL, ORM, threads, async, API, sockets, tasks, cache,
files.
"""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from asgiref.sync import sync_to_async
from celery.contrib.testing.worker import start_worker
from channels.testing import WebsocketCommunicator
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from amis.asgi import application
from amis.celery import app as celery
from amis.tests import servers
from production.models import Machine
from tenants.live import apublish, valkey
from tenants.models import User

DENIED = psycopg2.errors.InsufficientPrivilege
BASE = "amis.localhost"


def _runtime_connection():
    """A bare session of the runtime login: no search path, no role, as forgotten code would have
    it.
    """
    return psycopg2.connect(
        host="127.0.0.1",
        port=servers.PORTS["database"],
        dbname=servers.DATABASE,
        user=servers.RUNTIME,
        password=servers.RUNTIME_PASSWORD,
    )


def _tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v') ORDER BY 1""",
            [schema],
        )
        return [row[0] for row in cursor.fetchall()]


def _plant_a_machine(tenant, machine_id: str) -> None:
    with tenant_context(tenant):
        Machine.objects.create(machine_id=machine_id, machine_name=f"canary-{tenant.schema_name}")


# --- SQL -----------------------------------------------------------------------------------------


def test_lyons_role_is_denied_every_table_of_chicago(db, chicago, lyon):
    tables = _tables(chicago.schema_name)
    assert "production_sample" in tables
    assert len(tables) > 12
    for table in tables:
        with (
            tenant_context(lyon),
            pytest.raises(ProgrammingError) as error,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'SELECT * FROM plant_chicago."{table}" LIMIT 1')
        assert isinstance(error.value.__cause__, DENIED), table


@pytest.mark.parametrize(
    "table",
    [
        "tenants_user",
        "tenants_apitoken",
        "tenants_membership",
        "django_session",
        "django_admin_log",
        "django_celery_beat_periodictask",
    ],
)
def test_a_plants_role_is_denied_people_sessions_and_tokens(db, lyon, table):
    with (
        tenant_context(lyon),
        pytest.raises(ProgrammingError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM public.{table} LIMIT 1")
    assert isinstance(error.value.__cause__, DENIED)


def test_the_public_role_is_denied_every_plants_tables(db, chicago):
    connection.set_schema_to_public()
    for table in _tables(chicago.schema_name):
        with (
            pytest.raises(ProgrammingError) as error,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'SELECT * FROM plant_chicago."{table}" LIMIT 1')
        assert isinstance(error.value.__cause__, DENIED), table


@pytest.mark.parametrize("table", ["production_machine", "tenants_user", "tenants_tenant"])
def test_a_forgotten_search_path_reads_nothing(db, table):
    session = _runtime_connection()
    try:
        for name in (table, f"public.{table}", f"plant_chicago.{table}"):
            with session.cursor() as cursor, pytest.raises(psycopg2.Error):
                cursor.execute(f"SELECT * FROM {name}")
            session.rollback()
    finally:
        session.close()


# --- ORM -----------------------------------------------------------------------------------------


def test_each_plants_orm_reads_its_own_rows(db, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    _plant_a_machine(lyon, "M001")
    for tenant in (chicago, lyon):
        with tenant_context(tenant):
            names = list(Machine.objects.values_list("machine_name", flat=True))
        assert names == [f"canary-{tenant.schema_name}"]


def test_the_right_role_is_back_after_a_rolled_back_savepoint(db, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    with tenant_context(lyon):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Machine.objects.raw("SELECT * FROM plant_chicago.production_machine")[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schema()")
            assert cursor.fetchone() == ("t_plant_lyon", "plant_lyon")
        assert Machine.objects.count() == 0


def test_a_server_side_cursor_reads_under_the_plants_role(committed, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    with tenant_context(lyon):
        assert list(Machine.objects.iterator(chunk_size=1)) == []
    with tenant_context(chicago):
        assert len(list(Machine.objects.iterator(chunk_size=1))) == 1


def test_without_a_plant_the_orm_reads_no_machine(db, chicago):
    _plant_a_machine(chicago, "M001")
    connection.set_schema_to_public()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Machine.objects.count()


# --- threads and async ---------------------------------------------------------------------------


def _names_in(schema: str) -> list[str]:
    with schema_context(schema):
        try:
            return list(Machine.objects.values_list("machine_name", flat=True))
        finally:
            connection.close()


def test_threads_that_alternate_between_plants_never_mix(committed, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    _plant_a_machine(lyon, "M001")
    schemas = ["plant_chicago", "plant_lyon"] * 60
    with ThreadPoolExecutor(6) as pool:
        for schema, names in zip(schemas, pool.map(_names_in, schemas), strict=True):
            assert names == [f"canary-{schema}"]


def test_a_new_thread_begins_outside_every_plant(committed, chicago):
    seen: list[str] = []
    with tenant_context(chicago):
        thread = threading.Thread(target=lambda: seen.append(connection.schema_name))
        thread.start()
        thread.join()
    assert seen == ["public"]


def test_coroutines_that_alternate_between_plants_never_mix(committed, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    _plant_a_machine(lyon, "M001")

    async def read(schema: str) -> bool:
        names = await sync_to_async(_names_in, thread_sensitive=False)(schema)
        return names == [f"canary-{schema}"]

    async def read_all() -> list[bool]:
        return await asyncio.gather(*(read(s) for s in ["plant_chicago", "plant_lyon"] * 20))

    assert all(asyncio.run(read_all()))


# --- API -----------------------------------------------------------------------------------------

API_FORMS = [
    ("plant-chicago.amis.localhost", "/api/machines", {}),
    (BASE, "/api/tenants/plant_chicago/machines", {}),
    (BASE, "/api/machines", {"HTTP_X_TENANT": "plant_chicago"}),
]


@pytest.mark.parametrize(("host", "path", "headers"), API_FORMS)
def test_mallory_gets_404_for_chicago_in_every_form(
    db, mallory, lyon, token_for, host, path, headers
):
    token = token_for(mallory, lyon)
    response = Client().get(path, HTTP_HOST=host, HTTP_AUTHORIZATION=f"Token {token}", **headers)
    assert response.status_code == 404


def test_a_foreign_and_an_unknown_plant_answer_the_same_bytes(db, mallory, lyon, token_for):
    token = token_for(mallory, lyon)
    bodies = [
        Client()
        .get(f"/api/tenants/{name}/kpis", HTTP_HOST=BASE, HTTP_AUTHORIZATION=f"Token {token}")
        .content
        for name in ("plant_chicago", "plant_atlantis", "PLANT_CHICAGO", "public")
    ]
    assert len(set(bodies)) == 1


def test_a_token_opens_only_its_own_plant(db, person, chicago, token_for):
    carol = person("carol", chicago="manager", lyon="manager")
    token = token_for(carol, chicago)
    response = Client().get(
        "/api/machines",
        HTTP_HOST="plant-lyon.amis.localhost",
        HTTP_AUTHORIZATION=f"Token {token}",
    )
    assert response.status_code == 404


# --- WebSocket -----------------------------------------------------------------------------------


def _socket(host: str, token: str) -> WebsocketCommunicator:
    headers = [(b"host", host.encode()), (b"authorization", f"Token {token}".encode())]
    return WebsocketCommunicator(application, "/ws", headers)


async def test_a_live_page_hears_nothing_of_another_plant(committed, mallory, lyon, token_for):
    token = await sync_to_async(token_for)(mallory, lyon)
    live = _socket("plant-lyon.amis.localhost", token)
    assert (await live.connect())[0]
    assert (await live.receive_json_from())["type"] == "snapshot"
    await apublish("plant_chicago", "machine", "canary of chicago")
    await apublish("plant_lyon", "machine", "canary of lyon")
    assert (await live.receive_json_from())["data"] == "canary of lyon"
    await live.disconnect()


async def test_a_token_opens_no_socket_of_another_plant(committed, person, chicago, token_for):
    carol = await sync_to_async(person)("carol", chicago="manager", lyon="manager")
    token = await sync_to_async(token_for)(carol, chicago)
    for host in ("plant-lyon.amis.localhost", "plant-atlantis.amis.localhost"):
        assert await _socket(host, token).connect() == (False, 4404)


# --- Celery --------------------------------------------------------------------------------------

ANSWERS = "answers-of-the-tests"
# A worker's choice of queues stays with the application: all workers of the tests choose this one.
QUEUE = "tests"


@celery.task(name="tests.read_machines")
def read_machines() -> None:
    try:
        names = list(Machine.objects.values_list("machine_name", flat=True))
    except ProgrammingError:
        names = None
    valkey().rpush(ANSWERS, json.dumps(names))


def test_a_task_reads_only_the_plant_that_its_message_names(committed, cache_server, chicago, lyon):
    _plant_a_machine(chicago, "M001")
    _plant_a_machine(lyon, "M001")
    for tenant in (chicago, lyon):
        with tenant_context(tenant):
            read_machines.apply_async(queue=QUEUE)
    connection.set_schema_to_public()
    for named in (None, "plant_atlantis", "public"):
        read_machines.apply_async(queue=QUEUE, headers={"_schema_name": named})
    with tenant_context(lyon):
        read_machines.apply_async(queue=QUEUE)
    with start_worker(celery, pool="solo", perform_ping_check=False, queues=[QUEUE]):
        answers = [json.loads(valkey().blpop(ANSWERS, timeout=10)[1]) for _ in range(6)]
    in_chicago, in_lyon = ["canary-plant_chicago"], ["canary-plant_lyon"]
    assert answers == [in_chicago, in_lyon, None, None, None, in_lyon]


# --- files ---------------------------------------------------------------------------------------


def test_a_file_of_one_plant_is_not_there_in_another(chicago, lyon, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with tenant_context(chicago):
        default_storage.save("day.txt", ContentFile("of chicago"))
    with tenant_context(lyon):
        assert not default_storage.exists("day.txt")
        default_storage.save("day.txt", ContentFile("of lyon"))
        with pytest.raises(SuspiciousFileOperation):
            default_storage.open("../plant_chicago/day.txt")
    with tenant_context(chicago), default_storage.open("day.txt") as file:
        assert file.read() == b"of chicago"


# --- cache ---------------------------------------------------------------------------------------


def test_the_same_cache_key_holds_another_value_in_each_plant(db, chicago, lyon):
    with tenant_context(chicago):
        cache.set("kpis", "of chicago")
    with tenant_context(lyon):
        assert cache.get("kpis") is None
        cache.set("kpis", "of lyon")
    with tenant_context(chicago):
        assert cache.get("kpis") == "of chicago"


# --- the proof that these tests test something ----------------------------------------------------


def test_without_the_role_the_database_would_not_refuse(committed, chicago, lyon):
    """The owner's login, which takes no role, reads Chicago from Lyon: so the role is what
    refuses.
    """
    from conftest import as_owner

    _plant_a_machine(chicago, "M001")
    with as_owner(), tenant_context(lyon), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM plant_chicago.production_machine")
        assert cursor.fetchone() == (1,)
    assert User.objects.count() == 0
