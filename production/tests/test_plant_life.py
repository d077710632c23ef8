"""A plant from its order to its end, as a platform administrator has it over the wire."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone as clock
from django_tenants.utils import schema_context, schema_exists

import amis.celery  # noqa: F401 - so that orders find their broker
from amis.asgi import application
from amis.errors import SourceUnavailable
from conftest import as_owner
from production.models import Connection, Machine, ProductionRecord
from production.orders import order_end
from production.services import plants as plants_service
from production.tests.provision_worker import provision_worker
from tenants import grants
from tenants.live import plant_key, valkey
from tenants.models import AccessLog, Tenant, User
from tenants.services import deletion
from tenants.services.deletion import delete_tenant, order_deletion
from tenants.services.plants import enter_tenant
from tenants.services.spares import fill_spares
from tenants.services.tokens import create_token

BASE, OSLO = "amis.localhost", "plant-oslo.amis.localhost"
ORDER = {"tenant_id": "plant_oslo", "tenant_name": " Oslo ", "timezone": "Europe/Oslo"}
MACHINE = {"machine_id": "M001", "machine_name": "Press", "machine_type": "Press", "capacity": 500}
ROW = {"production_date": "2026-02-07", "machine_id": "M001", "units_produced": 450,
       "defective_units": 5, "downtime_min": 15, "shift": "Day"}  # fmt: skip


@pytest.fixture
def root(committed, person) -> Client:
    """The platform's administrator with a key of no plant."""
    token = create_token(user=person("root", admin=True), tenant=None)
    return Client(HTTP_HOST=BASE, HTTP_AUTHORIZATION=f"Token {token}")


@pytest.fixture
def spare(committed):
    with as_owner():
        fill_spares(kept=1, furnish=plants_service.furnish_spare)


@pytest.fixture
def nothing_left(committed):
    yield
    with as_owner():
        for tenant in Tenant.objects.exclude(schema_name__in=("plant_chicago", "plant_lyon")):
            grants.drop_schema(tenant.schema_name)
            grants.drop_role(tenant)
            tenant.delete()


def order_deletion_of(plants: QuerySet[Tenant]) -> None:
    order_deletion(plants.get())


def post(client: Client, path: str, body=None, **headers):
    return client.post(path, body or {}, content_type="application/json", **headers)


@pytest.fixture
def oslo(root, spare, nothing_left) -> Tenant:
    with provision_worker():
        assert post(root, "/api/tenants/create", ORDER).status_code == 201
    return Tenant.objects.get(schema_name="plant_oslo")


def test_create_register_submit_and_read_need_no_file(root, spare, nothing_left):
    with provision_worker():
        made = post(root, "/api/tenants/create", ORDER)
    assert made.status_code == 201
    assert {key: made.json()[key] for key in ("tenant_id", "tenant_name", "status", "url")} == {
        "tenant_id": "plant_oslo",
        "tenant_name": "Oslo",
        "status": "active",
        "url": "http://plant-oslo.amis.localhost",
    }
    machine = post(root, "/api/machines/register", MACHINE, HTTP_HOST=OSLO)
    assert (machine.status_code, machine.json()["capacity"]) == (201, 500)
    stored = post(root, "/api/tenants/plant_oslo/production/submit", [ROW])
    assert stored.json()["created"] == 1
    window = "from=2026-02-07&to=2026-02-08"
    kpis = root.get(f"/api/kpis?{window}&shift=Day", HTTP_X_TENANT="plant_oslo").json()
    assert (kpis["units_produced"], kpis["pbt_min"], kpis["apt_min"]) == (450, 480, 465)


def test_while_nobody_carries_orders_out_the_answer_is_503_and_the_order_stands(
    root, spare, nothing_left, monkeypatch
):
    monkeypatch.setattr("production.orders.WITHIN_S", 0.2)
    answer = post(root, "/api/tenants/create", ORDER)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert post(root, "/api/tenants/create", ORDER).status_code == 409
    assert root.get("/api/kpis", HTTP_HOST=OSLO).status_code == 404
    with as_owner():
        plants_service.finish_plants()
    assert root.get("/api/kpis", HTTP_HOST=OSLO).status_code == 200


@pytest.mark.parametrize("end", [QuerySet.delete, order_deletion_of], ids=["gone", "going"])
def test_who_waits_for_a_plant_that_somebody_ends_hears_so(root, nothing_left, monkeypatch, end):
    orders = Tenant.objects.filter(schema_name="plant_oslo")
    monkeypatch.setattr("production.orders.order", lambda task: end(orders))
    answer = post(root, "/api/tenants/create", ORDER)
    assert answer.status_code == 409
    assert "ended" in answer.json()["message"]


def test_of_two_who_end_a_plant_at_once_the_first_is_written_down(oslo, monkeypatch):
    monkeypatch.setattr("production.orders.WITHIN_S", 0.0)
    monkeypatch.setattr("production.orders.order", lambda task: None)
    for known in (oslo, Tenant.objects.get(pk=oslo.pk)):
        known.status = Tenant.Status.ACTIVE
        with pytest.raises(SourceUnavailable):
            order_end(known, user=User.objects.get())
    assert AccessLog.objects.filter(action=AccessLog.Action.PLANT_DELETED).count() == 1


def test_of_parallel_orders_of_one_id_one_is_carried_out(root, spare, nothing_left):
    def order(_: int) -> int:
        try:
            return post(root, "/api/tenants/create", ORDER).status_code
        finally:
            connection.close()

    with provision_worker(), ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(order, range(4)))
    assert answers == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant_id", "Oslo"),
        ("tenant_id", "o"),
        ("tenant_id", "plant_oslo\n"),
        ("tenant_id", "pg_oslo"),
        ("tenant_id", "information_schema"),
        ("tenant_id", 7),
        ("tenant_name", " "),
        ("tenant_name", "x" * 201),
        ("tenant_name", "a\u0007b"),
        ("tenant_name", None),
        ("timezone", "Norway/Bergen"),
        ("timezone", "../etc/passwd"),
        *(("timezone", name) for name in ("Factory", "localtime", "posixrules", "leapseconds")),
        *(("timezone", name) for name in ("posix/Europe/Oslo", "right/Europe/Oslo", "Europe")),
        ("plant_location", 7),
    ],
)
def test_a_bad_order_is_refused_by_the_name_of_its_field(root, field, value):
    answer = post(root, "/api/tenants/create", {**ORDER, field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["extra"]["errors"]] == [field]
    assert not schema_exists("plant_oslo")


def test_only_the_platforms_own_key_makes_plants(root, person, chicago, token_for):
    """Neither a plant's administrator nor a key that is bound to a plant, whoever's it is."""
    for user in (person("ada", chicago="admin"), person("rita", admin=True)):
        key = {"HTTP_AUTHORIZATION": f"Token {token_for(user, chicago)}"}
        assert post(Client(HTTP_HOST=BASE), "/api/tenants/create", ORDER, **key).status_code == 403
    on_a_plant = post(root, "/api/tenants/create", {**ORDER, "tenant_id": "plant_lyon"},
                      HTTP_HOST="plant-chicago.amis.localhost")  # fmt: skip
    assert on_a_plant.status_code == 409
    reader = create_token(user=person("rob", admin=True), tenant=None, scopes=["read"])
    key = {"HTTP_AUTHORIZATION": f"Token {reader}"}
    assert post(Client(HTTP_HOST=BASE), "/api/tenants/create", ORDER, **key).status_code == 403


def test_an_order_whose_worker_was_killed_is_carried_out_by_the_next_look(
    root, spare, nothing_left, monkeypatch
):
    """It breaks after the schema got its name: then neither schema nor plant is there."""

    def killed(tenant: Tenant) -> None:
        raise KeyboardInterrupt

    tenant = enter_tenant(values=ORDER)
    with as_owner():
        with pytest.raises(KeyboardInterrupt), monkeypatch.context() as broken:
            broken.setattr(plants_service, "furnish", killed)
            plants_service.finish_plants()
        assert not schema_exists("plant_oslo")
        plants_service.finish_plants()
    tenant.refresh_from_db()
    assert tenant.status == "active"
    assert schema_exists("plant_oslo")


def test_an_order_that_fails_is_tried_again_and_holds_up_no_other(
    root, spare, nothing_left, monkeypatch
):
    def only_bergen(tenant: Tenant) -> None:
        if tenant.schema_name == "plant_oslo":
            raise OperationalError("away")

    oslo = enter_tenant(values=ORDER)
    bergen = enter_tenant(values={**ORDER, "tenant_id": "plant_bergen"})
    with as_owner():
        with monkeypatch.context() as broken:
            broken.setattr(plants_service, "furnish", only_bergen)
            plants_service.finish_plants()
        states = [Tenant.objects.get(pk=plant.pk).status for plant in (oslo, bergen)]
        assert states == ["failed", "active"]
        plants_service.finish_plants()
    assert Tenant.objects.get(pk=oslo.pk).status == "active"


def test_an_end_whose_worker_was_killed_comes_with_the_next_look(oslo, root, monkeypatch):
    def killed(tenant: Tenant) -> None:
        raise KeyboardInterrupt

    order_deletion(oslo)
    assert root.get("/api/kpis", HTTP_HOST=OSLO).status_code == 404
    with as_owner():
        with pytest.raises(KeyboardInterrupt), monkeypatch.context() as broken:
            broken.setattr(deletion, "_delete_shared_rows", killed)
            plants_service.finish_plants()
        assert Tenant.objects.get(pk=oslo.pk).status == "deleting"
        plants_service.finish_plants()
    assert not schema_exists("plant_oslo")
    assert not Tenant.objects.filter(pk=oslo.pk).exists()


def test_a_suspended_plant_is_closed_to_its_members_and_strange_to_others(
    oslo, root, person, mallory, lyon, token_for
):
    ada = person("ada")
    oslo.memberships.create(user=ada, role="admin")
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(ada, oslo)}"}
    stranger = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    base = Client(HTTP_HOST=BASE)
    assert post(root, "/api/tenants/plant_oslo/suspend").json()["status"] == "suspended"

    refused = base.get("/api/tenants/plant_oslo/kpis", **key)
    assert (refused.status_code, refused.json()["code"]) == (403, "suspended")
    assert base.get("/api/tenants/plant_oslo/kpis", **stranger).status_code == 404
    assert post(base, "/api/tenants/plant_oslo/resume", **stranger).status_code == 404
    assert post(base, "/api/tenants/plant_oslo/resume", **key).status_code == 403
    listed = base.get("/api/tenants/list", **key).json()["tenants"]
    assert [(one["tenant_id"], one["status"]) for one in listed] == [("plant_oslo", "suspended")]
    assert base.get("/api/tenants/list?active_only=true", **key).json() == {"tenants": []}

    assert post(root, "/api/tenants/plant_oslo/resume").json()["status"] == "active"
    assert base.get("/api/tenants/plant_oslo/kpis", **key).status_code == 200


async def test_an_open_page_is_closed_when_its_plant_is_suspended(oslo, root):
    def key() -> str:
        return create_token(user=User.objects.get(username="root"), tenant=oslo)

    token = await sync_to_async(key)()
    headers = [(b"host", OSLO.encode()), (b"authorization", f"Token {token}".encode())]
    page = WebsocketCommunicator(application, "/ws", headers)
    assert (await page.connect())[0]
    assert (await page.receive_json_from())["type"] == "snapshot"
    answer = await sync_to_async(post)(root, "/api/tenants/plant_oslo/suspend")
    assert answer.status_code == 200
    assert await page.receive_output(2) == {"type": "websocket.close", "code": 4403}
    again = WebsocketCommunicator(application, "/ws", headers)
    assert await again.connect() == (False, 4403)


def test_a_plant_gets_another_name_from_its_administrator_and_no_other_id(
    oslo, root, person, token_for
):
    keys = {}
    for name, role in (("ada", "admin"), ("max", "manager")):
        user = person(name)
        oslo.memberships.create(user=user, role=role)
        keys[name] = {"HTTP_AUTHORIZATION": f"Token {token_for(user, oslo)}"}
    path, base = "/api/tenants/plant_oslo", Client(HTTP_HOST=BASE)

    def patch(body, **key):
        return base.patch(path, body, content_type="application/json", **key)

    answer = patch({"tenant_name": "Oslo North", "plant_location": "Oslo"}, **keys["ada"])
    assert (answer.status_code, answer.json()["tenant_name"]) == (200, "Oslo North")
    assert patch({"tenant_name": "x"}, **keys["max"]).status_code == 403
    assert patch({"tenant_id": "plant_bergen"}, **keys["ada"]).status_code == 400
    assert patch({"tenant_name": ""}, **keys["ada"]).status_code == 400
    oslo.refresh_from_db()
    assert (oslo.tenant_name, oslo.plant_location) == ("Oslo North", "Oslo")


def test_a_deleted_plant_leaves_its_id_in_the_audit_log_and_can_be_made_again_empty(oslo, root):
    post(root, "/api/machines/register", MACHINE, HTTP_HOST=OSLO)
    assert root.delete("/api/tenants/plant_oslo", {"confirm": "plant_lyon"},
                       content_type="application/json").status_code == 400  # fmt: skip
    with provision_worker():
        gone = root.delete("/api/tenants/plant_oslo", {"confirm": "plant_oslo"},
                           content_type="application/json")  # fmt: skip
    assert (gone.status_code, gone.content) == (204, b"")
    assert not schema_exists("plant_oslo")
    assert not Tenant.objects.filter(schema_name="plant_oslo").exists()
    assert valkey().keys("*plant_oslo*") == []
    assert root.get("/api/kpis", HTTP_HOST=OSLO).status_code == 404
    told = AccessLog.objects.filter(tenant_id="plant_oslo").order_by("pk")
    assert [line.action for line in told] == ["plant_created", "entered", "plant_deleted"]

    with provision_worker():
        assert post(root, "/api/tenants/create", ORDER).status_code == 201
    with schema_context("plant_oslo"):
        assert not Machine.objects.exists()
        assert not ProductionRecord.objects.exists()


def test_a_plant_is_not_taken_away_while_a_collector_may_still_write(oslo, root):
    """It stops within the time of a lease that it does not renew."""
    until = clock.now() + timedelta(seconds=1.5)
    with schema_context("plant_oslo"):
        Connection.objects.create(name="a", endpoint_url="opc.tcp://a:1", lease_expires_at=until)
    order_deletion(oslo)
    with as_owner():
        plants_service.finish_plants()
    assert clock.now() > until
    assert not schema_exists("plant_oslo")


def test_a_plant_is_not_taken_away_by_whoever_was_not_ordered_to(oslo):
    with as_owner():
        delete_tenant(oslo)
    assert schema_exists("plant_oslo")
    assert valkey().exists(plant_key("plant_oslo", "data_version")) == 0
