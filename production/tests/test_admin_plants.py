"""Plants in the admin of the base host: made, renamed, suspended and ended by a form."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django_tenants.utils import schema_exists

import amis.celery  # noqa: F401 - so that orders find their broker
from conftest import as_owner
from production import orders
from production.services import plants as plants_service
from production.tests.provision_worker import provision_worker
from tenants import grants
from tenants.models import AccessLog, Tenant, User
from tenants.services.plants import enter_tenant
from tenants.services.spares import fill_spares

PAGE = "/admin/tenants/tenant/"
OSLO = {"tenant_id": "plant_oslo", "tenant_name": " Oslo ", "timezone": "Europe/Oslo"}


@pytest.fixture
def root(committed, person, client_of) -> Client:
    return client_of(person("root", admin=True))


@pytest.fixture
def ready(committed):
    """One schema in reserve before, no other plant than the tests' two afterwards."""
    with as_owner():
        fill_spares(kept=1, furnish=plants_service.furnish_spare)
    yield
    with as_owner():
        for tenant in Tenant.objects.exclude(schema_name__in=("plant_chicago", "plant_lyon")):
            grants.drop_schema(tenant.schema_name)
            grants.drop_role(tenant)
            tenant.delete()


def make(root: Client, **changes: str):
    with provision_worker():
        return root.post(f"{PAGE}add/", {**OSLO, **changes, "_save": "Save"})


def noted(action: str) -> list[str]:
    return list(AccessLog.objects.filter(action=action).values_list("tenant_id", flat=True))


def test_the_form_has_the_inputs_of_the_api(root):
    text = root.get(f"{PAGE}add/").content.decode()
    for name in ("tenant_id", "tenant_name", "timezone", "plant_location", "_save"):
        assert f'name="{name}"' in text


def test_a_plant_made_here_answers_at_once(root, ready, client_of):
    answer = make(root)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    oslo = Tenant.objects.get(schema_name="plant_oslo")
    assert (oslo.tenant_name, oslo.timezone, oslo.status) == ("Oslo", "Europe/Oslo", "active")
    assert "Ready: Oslo." in root.get(PAGE).content.decode()
    assert noted("plant_created") == ["plant_oslo"]

    user = AccessLog.objects.get(action="plant_created").user_label
    assert user == "root@amis.example"
    there = client_of(User.objects.get(username="root"), oslo)
    assert there.get("/api/kpis").status_code == 200
    assert there.get("/").status_code == 200
    assert there.get("/admin/production/shiftpattern/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tenant_id": "Oslo!"}, "2 to 48 of a-z"),
        ({"tenant_id": "oslo\n"}, "2 to 48 of a-z"),
        ({"tenant_id": "a" * 49}, "2 to 48 of a-z"),
        ({"tenant_id": "plant_oslo\0"}, "Null characters are not allowed"),
        ({"tenant_id": ""}, "This field is required"),
        ({"tenant_id": "information_schema"}, "is reserved"),
        ({"tenant_id": "pg_oslo"}, "is reserved"),
        ({"tenant_id": "plant_chicago"}, "exists already"),
        ({"timezone": "Europe/Atlantis"}, "must be an IANA time zone"),
        ({"timezone": "../../etc/passwd"}, "must be an IANA time zone"),
        ({"timezone": "localtime"}, "must be an IANA time zone"),
        ({"tenant_name": "  "}, "This field is required"),
        ({"tenant_name": "x" * 201}, "must have 1 to 200 characters"),
        ({"tenant_name": "Os\x07lo"}, "holds a control character"),
        ({"plant_location": "x" * 201}, "must have 0 to 200 characters"),
    ],
)
def test_a_wrong_plant_is_refused_beside_its_field(root, changes, words):
    answer = root.post(f"{PAGE}add/", {**OSLO, **changes})
    assert answer.status_code == 200
    text = answer.content.decode()
    before, _, _ = text.partition(f'name="{next(iter(changes))}"')
    assert words in before.rsplit("form-row", 1)[-1]
    assert Tenant.objects.count() == 2
    assert noted("plant_created") == []


def test_a_plant_that_nobody_makes_in_time_is_said_to_come_later(root, ready, monkeypatch):
    monkeypatch.setattr(orders, "WITHIN_S", 0.05)
    assert root.post(f"{PAGE}add/", OSLO).status_code == 302
    text = root.get(PAGE).content.decode()
    assert "still being made" in text
    assert "provisioning" in text.lower()


def test_a_name_changes_and_the_id_does_not(root, chicago):
    sent = {"tenant_name": " Chicago West ", "plant_location": "Hall 2", "schema_name": "evil"}
    try:
        assert root.post(f"{PAGE}1/change/", sent).status_code == 302
        stored = Tenant.objects.get(pk=1)
        assert (stored.tenant_name, stored.plant_location) == ("Chicago West", "Hall 2")
        assert stored.schema_name == "plant_chicago"
        assert noted("plant_changed") == ["plant_chicago"]
    finally:
        Tenant.objects.filter(pk=1).update(tenant_name="Chicago", plant_location="")


@pytest.mark.parametrize("name", ["", "x" * 201, "Chi\tcago"])
def test_a_wrong_name_is_refused(root, chicago, name):
    assert root.post(f"{PAGE}1/change/", {"tenant_name": name}).status_code == 200
    assert Tenant.objects.get(pk=1).tenant_name == "Chicago"


def test_plants_are_suspended_and_put_back(root, alice, chicago, client_of):
    member = client_of(alice, chicago)
    chosen = {"_selected_action": "1"}
    try:
        assert root.post(PAGE, {"action": "suspend", **chosen}).status_code == 302
        assert member.get("/api/kpis").json()["code"] == "suspended"
        assert root.post(PAGE, {"action": "resume", **chosen}).status_code == 302
        assert member.get("/api/kpis").status_code == 200
    finally:
        Tenant.objects.filter(pk=1).update(status=Tenant.Status.ACTIVE)
    assert noted("plant_suspended") == noted("plant_resumed") == ["plant_chicago"]


def test_a_plant_that_is_being_made_is_not_suspended(root, ready):
    oslo = enter_tenant(values=OSLO)
    root.post(PAGE, {"action": "suspend", "_selected_action": str(oslo.pk)})
    assert "Of plant_oslo: The plant is provisioning" in root.get(PAGE).content.decode()
    assert noted("plant_suspended") == []


def test_several_plants_are_never_ended_at_once(root):
    sent = {"action": "delete_selected", "_selected_action": ["1", "2"], "post": "yes"}
    root.post(PAGE, sent)
    assert set(Tenant.objects.values_list("status", flat=True)) == {"active"}
    assert "delete_selected" not in root.get(PAGE).content.decode()


def test_ending_a_plant_asks_for_its_id(root, ready):
    make(root)
    oslo = Tenant.objects.get(schema_name="plant_oslo")
    page = f"{PAGE}{oslo.pk}/delete/"
    assert 'name="confirm"' in root.get(page).content.decode()
    for wrong in ({}, {"confirm": "plant_chicago"}, {"confirm": "Plant_Oslo"}, {"post": "yes"}):
        assert root.post(page, wrong).status_code == 200
        assert Tenant.objects.get(pk=oslo.pk).status == "active"
    with provision_worker():
        assert root.post(page, {"confirm": "plant_oslo"}).status_code == 302
    assert not Tenant.objects.filter(schema_name="plant_oslo").exists()
    assert not schema_exists("plant_oslo")
    assert noted("plant_deleted") == ["plant_oslo"]
    assert not LogEntry.objects.filter(object_repr="Oslo").exists()
    assert root.get(page).status_code == 404


def test_a_manager_reaches_none_of_it(committed, alice, client_of, chicago):
    for browser in (client_of(alice), client_of(alice, chicago)):
        for path in ("", "add/", "1/change/", "1/delete/"):
            assert browser.get(PAGE + path).status_code == 403
        assert browser.post(f"{PAGE}add/", OSLO).status_code == 403
        assert browser.post(f"{PAGE}1/delete/", {"confirm": "plant_chicago"}).status_code == 403
    assert Tenant.objects.count() == 2
