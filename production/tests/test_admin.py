"""The admin on a plant's host and on the base host, under the database's roles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context

from amis.admin import site
from production.models import (
    Area,
    Connection,
    Job,
    Line,
    Machine,
    PlantClosure,
    ProductionRecord,
    Sample,
    ShiftPattern,
    Signal,
    StopReason,
)
from production.tests.test_equipment import SAMPLE, folder, run  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
PLANT_MODELS = (
    Area,
    Connection,
    Line,
    Machine,
    PlantClosure,
    ShiftPattern,
    Signal,
    StopReason,
)


@pytest.fixture
def equipped(run, chicago):  # noqa: F811 - a fixture
    """Chicago with the documented equipment and one of everything else."""
    run(SAMPLE)
    with tenant_context(chicago):
        StopReason.objects.create(code="jam", name="Jam")
        PlantClosure.objects.create(day="2026-12-25", name="Christmas")
    ContentType.objects.clear_cache()
    return chicago


@pytest.fixture
def browser(alice, equipped, client_of) -> Client:
    return client_of(alice, equipped)


def page(model, rest: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def fields(**changes: str) -> dict[str, str]:
    """What the connection's form sends."""
    return {
        "name": "hall2",
        "endpoint_url": "opc.tcp://127.0.0.1:4855/UA/Plant",
        "security_mode": "SignAndEncrypt",
        "security_policy": "Basic256Sha256",
        "username": "amis",
        "password": "",
        "password_env": "HALL2_PASSWORD",
        "publishing_interval_ms": "200",
        "state_map": '{"10": "Execute"}',
        "enabled": "on",
        **changes,
    }


def save_connection(browser: Client, plant, **changes: str):
    with tenant_context(plant):
        pk = Connection.objects.get().pk
    return browser.post(page(Connection, f"{pk}/change/"), fields(**changes))


def test_the_plants_pages_are_these():
    registered = {m for m in site._registry if m._meta.app_label == "production"}
    assert registered == {*PLANT_MODELS, Job}


@pytest.mark.parametrize("model", PLANT_MODELS, ids=lambda m: m.__name__)
def test_a_manager_reads_every_page_under_the_plants_own_role(model, browser, equipped):
    with tenant_context(equipped):
        pk = model.objects.first().pk
    for rest in ("", "add/", f"{pk}/change/", "?q=a"):
        ContentType.objects.clear_cache()
        assert browser.get(page(model, rest)).status_code == 200, rest
    assert browser.get(page(model, f"{pk}/delete/")).status_code == 200
    assert browser.get(page(model, f"{pk}/history/")).status_code == 404


def test_the_index_shows_the_plants_equipment_and_no_shared_tables(browser):
    text = browser.get("/admin/").content.decode()
    assert "/admin/production/machine/" in text
    assert "/admin/tenants/" not in text
    assert "AMIS · Chicago" in text
    text = browser.get("/admin/production/").content.decode()
    assert "/admin/production/connection/add/" in text


@pytest.mark.parametrize(
    "path", ["/admin/password_change/", "/admin/logout/", "/admin/r/1/1/", "/admin/nothing/"]
)
def test_pages_that_would_read_shared_tables_are_not_there(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/admin/", "/admin/production/machine/", "/admin/login/"])
def test_bob_the_viewer_is_refused(path, bob, equipped, client_of):
    assert client_of(bob, equipped).get(path).status_code == 403


def test_an_engineer_may_and_a_supervisor_may_not(person, equipped, client_of):
    assert client_of(person("eve", chicago="engineer"), equipped).get("/admin/").status_code == 200
    supervisor = person("sam", chicago="supervisor")
    assert client_of(supervisor, equipped).get("/admin/").status_code == 403


def test_mallory_gets_404_on_chicagos_admin(mallory, equipped, client_of):
    assert client_of(mallory, equipped).get("/admin/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(equipped):
    for host in ("amis.localhost", "plant-chicago.amis.localhost"):
        client = Client(HTTP_HOST=host)
        answer = client.get("/admin/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")


def test_saving_a_connection_reaches_its_worker_and_leaves_the_lease_alone(browser, equipped):
    with tenant_context(equipped):
        Connection.objects.update(lease_owner="ingest@1", status="connected")
        before = Connection.objects.get().revision
    answer = save_connection(browser, equipped, endpoint_url="opc.tcp://127.0.0.1:4999/x")
    assert answer.status_code == 302
    with tenant_context(equipped):
        after = Connection.objects.get()
    assert after.endpoint_url == "opc.tcp://127.0.0.1:4999/x"
    assert after.revision > before
    assert (after.lease_owner, after.status) == ("ingest@1", "connected")
    assert after.server_certificate is not None


def test_a_password_is_written_but_never_shown(browser, equipped):
    assert (
        save_connection(browser, equipped, password="s3cret word", password_env="").status_code
        == 302
    )
    with tenant_context(equipped):
        stored = Connection.objects.get()
    assert (stored.password, stored.password_env) == ("s3cret word", "")
    text = browser.get(page(Connection, f"{stored.pk}/change/")).content.decode()
    assert "s3cret word" not in text
    assert save_connection(browser, equipped, password_env="").status_code == 302
    with tenant_context(equipped):
        assert Connection.objects.get().password == "s3cret word"
    save_connection(browser, equipped, password_env="OTHER")
    with tenant_context(equipped):
        assert Connection.objects.get().password == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"endpoint_url": "http://127.0.0.1"}, "endpoint_url must begin with opc.tcp://"),
        ({"endpoint_url": "opc.tcp://plc:1/?x"}, "endpoint_url takes no user"),
        ({"state_map": '{"10": "Running"}'}, "is not a PackML state"),
        ({"state_map": "[1]"}, "Give codes and states"),
        ({"password": "x"}, "Give a password or a variable"),
        ({"password_env": "a b"}, "names no environment variable"),
        ({"security_mode": "None"}, "A policy needs the mode"),
    ],
)
def test_a_wrong_connection_is_refused_beside_its_field(browser, equipped, changes, words):
    answer = save_connection(browser, equipped, **changes)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_certificate_is_uploaded_and_a_parked_one_approved(browser, equipped, folder: Path):  # noqa: F811
    with tenant_context(equipped):
        Connection.objects.update(server_certificate=None, parked_certificate=b"parked")
    pem = (folder / "hall2.pem").read_bytes()
    certificate = SimpleUploadedFile("hall2.pem", pem)
    assert save_connection(browser, equipped, certificate=certificate).status_code == 302
    with tenant_context(equipped):
        stored = Connection.objects.get()
        assert bytes(stored.server_certificate) == (folder / "hall2.der").read_bytes()
    action = {"action": "approve_certificate", "_selected_action": str(stored.pk)}
    assert browser.post(page(Connection), action).status_code == 302
    with tenant_context(equipped):
        approved = Connection.objects.get()
    assert bytes(approved.server_certificate) == b"parked"
    assert approved.parked_certificate is None
    assert approved.revision > stored.revision


def machine_fields(**changes: str) -> dict[str, str]:
    return {
        "machine_id": "F02",
        "machine_name": "<b>Capper</b>",
        "position": "1",
        "capacity": "24000",
        "minor_stop_s": "120",
        "active": "on",
        "metadata": "{}",
        **changes,
    }


def test_a_new_machine_on_a_connection_reaches_its_worker(browser, equipped):
    with tenant_context(equipped):
        connection = Connection.objects.get()
    answer = browser.post(page(Machine, "add/"), machine_fields(connection=str(connection.pk)))
    assert answer.status_code == 302
    with tenant_context(equipped):
        assert Machine.objects.get(machine_id="F02").machine_name == "<b>Capper</b>"
        assert Connection.objects.get().revision > connection.revision
    assert "&lt;b&gt;Capper" in browser.get(page(Machine)).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ideal_cycle_s": "7"}, "does not agree with capacity"),
        ({"capacity": "0"}, "capacity must be more than 0"),
        ({"machine_name": "Cap\x07per"}, "machine_name holds the control character U+0007"),
        ({"machine_id": "f01"}, "machine_id_once_whatever_case"),
        ({"machine_id": "*"}, "stands for all machines"),
        ({"metadata": "[1]"}, "Give keys and values"),
    ],
)
def test_a_wrong_machine_is_refused_beside_its_field(browser, equipped, changes, words):
    answer = browser.post(page(Machine, "add/"), machine_fields(**changes))
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_wrong_shift_pattern_is_refused(browser):
    for shifts, words in (
        ('[{"name": "A", "start": "6 o\'clock", "end": "14:00"}]', "is not a time of day"),
        ('[{"name": "A"}]', "needs exactly the keys"),
        ("[7]", "is not of the form"),
        ("{}", "This field is required"),
    ):
        sent = {"name": "odd", "days": '["mon"]', "shifts": shifts, "breaks": "[]"}
        answer = browser.post(page(ShiftPattern, "add/"), sent)
        assert words in answer.content.decode().replace("&#x27;", "'"), shifts


def test_deleting_a_signal_reaches_the_worker(browser, equipped):
    with tenant_context(equipped):
        before, signal = Connection.objects.get().revision, Signal.objects.get(name="pressure")
    sent = {"action": "delete_selected", "_selected_action": str(signal.pk), "post": "yes"}
    assert browser.post(page(Signal), sent).status_code == 302
    with tenant_context(equipped):
        assert not Signal.objects.filter(name="pressure").exists()
        assert Connection.objects.get().revision > before


def test_what_has_a_past_cannot_be_deleted(browser, equipped):
    now = datetime(2026, 4, 1, tzinfo=UTC)
    with tenant_context(equipped):
        machine, signal = Machine.objects.get(), Signal.objects.get(name="pressure")
        Sample.objects.create(signal=signal, source_timestamp=now, value=1.0)
        ProductionRecord.objects.create(
            machine=machine,
            production_date=now.date(),
            shift="Day",
            source="derived",
            shift_start=now,
            shift_end=now,
            pot_s=1,
            pbt_s=1,
        )
    for row in (machine, signal):
        assert (
            browser.post(page(type(row), f"{row.pk}/delete/"), {"post": "yes"}).status_code == 403
        )
        sent = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
        browser.post(page(type(row)), sent)
        with tenant_context(equipped):
            assert type(row).objects.filter(pk=row.pk).exists()


def test_shared_tables_have_no_page_on_a_plants_host(person, equipped, client_of):
    browser = client_of(person("root", admin=True), equipped)
    assert browser.get("/admin/production/machine/").status_code == 200
    assert browser.get("/admin/tenants/user/").status_code == 403
