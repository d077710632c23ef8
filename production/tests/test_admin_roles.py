"""Which role does what in a plant's admin, and that the access log remembers it."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from amis.admin import site
from production.models import Connection, Job, Machine, ShiftPattern, Signal, StopReason
from tenants.models import AccessLog, Role
from tenants.permissions import RANK

pytestmark = pytest.mark.django_db
MACHINE = {
    "machine_id": "M7",
    "machine_name": "Canary press",
    "position": "0",
    "minor_stop_s": "120",
    "capacity": "480",
    "metadata": '{"maker": "Acme"}',
    "active": "on",
}
REASON = {"code": "jam", "name": "Jam", "loss": "failure"}
OF_A_PLANT = [
    m for m in site._registry if m._meta.app_label not in {"tenants", "django_celery_beat"}
]
# Whether facts leave the house is for managers.
FROM = {"WriterChoice": Role.MANAGER}


def page(model, rest: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


@pytest.fixture
def engineer(person, chicago, client_of) -> Client:
    return client_of(person("eve", chicago="engineer"), chicago)


def noted() -> list[tuple[str, str, str]]:
    lines = AccessLog.objects.filter(action="configured").order_by("pk")
    return list(lines.values_list("user_label", "tenant_id", "about"))


@pytest.mark.parametrize("role", Role.values)
def test_each_page_opens_from_its_role_on(role, person, chicago, client_of):
    browser = client_of(person("pat", chicago=role), chicago)
    for model in OF_A_PLANT:
        lowest = FROM.get(model.__name__, Role.ENGINEER)
        expected = 200 if RANK[role] >= RANK[lowest] else 403
        assert browser.get(page(model)).status_code == expected, model.__name__


@pytest.mark.parametrize("role", ["viewer", "operator", "supervisor"])
def test_who_may_not_configure_writes_nothing(role, person, chicago, client_of):
    browser = client_of(person("pat", chicago=role), chicago)
    with tenant_context(chicago):
        reason = StopReason.objects.create(code="old", name="Old")
    assert browser.post(page(Machine, "add/"), MACHINE).status_code == 403
    assert browser.post(page(StopReason, f"{reason.pk}/change/"), REASON).status_code == 403
    assert (
        browser.post(page(StopReason, f"{reason.pk}/delete/"), {"post": "yes"}).status_code == 403
    )
    sent = {"action": "delete_selected", "_selected_action": [str(reason.pk)], "post": "yes"}
    assert browser.post(page(StopReason), sent).status_code == 403
    with tenant_context(chicago):
        assert not Machine.objects.exists()
        assert StopReason.objects.get(pk=reason.pk).name == "Old"
    assert noted() == []


def test_the_refusal_is_a_page_of_ours(bob, chicago, client_of):
    text = client_of(bob, chicago).get("/admin/production/machine/").content.decode()
    assert "You may not do this." in text
    assert "css/amis.css" in text


def test_a_suspended_or_read_only_key_does_not_configure(person, chicago):
    from tenants.services.tokens import create_token

    token = create_token(user=person("eve", chicago="engineer"), tenant=chicago, scopes=["read"])
    caller = Client(HTTP_HOST="plant-chicago.amis.localhost", HTTP_AUTHORIZATION=f"Token {token}")
    assert caller.get("/api/kpis").status_code == 200
    assert caller.get("/admin/").status_code == 403


def test_what_was_configured_is_noted_by_number_and_field(engineer, chicago):
    engineer.post(page(Machine, "add/"), MACHINE)
    with tenant_context(chicago):
        pk = Machine.objects.get().pk
    sent = {**MACHINE, "initial-metadata": MACHINE["metadata"], "capacity": "500"}
    engineer.post(page(Machine, f"{pk}/change/"), sent)
    engineer.post(page(Machine, f"{pk}/delete/"), {"post": "yes"})
    told = [f"added machine {pk}", f"changed machine {pk}: capacity", f"deleted machine {pk}"]
    assert noted() == [("eve@amis.example", "plant_chicago", about) for about in told]


def test_several_deleted_at_once_are_each_noted(engineer, chicago):
    with tenant_context(chicago):
        rows = [StopReason.objects.create(code=code, name=code) for code in ("a1", "a2")]
    chosen = [str(row.pk) for row in rows]
    sent = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert engineer.post(page(StopReason), sent).status_code == 302
    assert {about for _, _, about in noted()} == {f"deleted stop reason {pk}" for pk in chosen}


def test_a_password_is_not_in_the_access_log(engineer, chicago):
    sent = {"name": "hall", "endpoint_url": "opc.tcp://127.0.0.1:4840", "security_mode": "None",
            "publishing_interval_ms": "500", "state_map": "{}",
            "password": "Canary-word-9"}  # fmt: skip
    assert engineer.post(page(Connection, "add/"), sent).status_code == 302
    assert "Canary-word-9" not in str(AccessLog.objects.values_list("about", flat=True))
    with tenant_context(chicago):
        pk = Connection.objects.get().pk
    assert "Canary-word-9" not in engineer.get(page(Connection, f"{pk}/change/")).content.decode()


def test_an_address_that_is_not_allowed_is_refused_at_its_field(engineer, chicago, settings):
    settings.OPCUA_ALLOW = (ip_network("127.0.0.1/32"),)
    for url in ("opc.tcp://10.0.0.1:4840", "opc.tcp://169.254.169.254:80", "http://127.0.0.1"):
        sent = {"name": "hall", "endpoint_url": url, "security_mode": "None",
                "publishing_interval_ms": "500", "state_map": "{}"}  # fmt: skip
        answer = engineer.post(page(Connection, "add/"), sent)
        assert answer.status_code == 200, url
        assert "endpoint_url" in answer.context["adminform"].form.errors, url


def test_jobs_and_the_reports_schedule_are_shown_and_not_changed(engineer, chicago):
    with tenant_context(chicago):
        job = Job.objects.create(kind="train", state="running", step="folds")
    assert "folds" in engineer.get(page(Job)).content.decode()
    assert engineer.get(page(Job, f"{job.pk}/change/")).status_code == 200
    for path in (page(Job, "add/"), page(Job, f"{job.pk}/change/"), page(Job, f"{job.pk}/delete/"),
                 "/admin/reports/reportschedule/add/"):  # fmt: skip
        assert engineer.post(path, {"state": "done", "post": "yes"}).status_code == 403, path
    with tenant_context(chicago):
        assert Job.objects.get().state == "running"


@pytest.mark.parametrize("pk", ["0", "999999999999999999999", "x", "1_2F", "%00", "1%27--"])
@pytest.mark.parametrize("rest", ["change/", "delete/"])
def test_a_number_that_nothing_has_is_no_error_of_ours(engineer, pk, rest):
    for model in (ShiftPattern, Signal, Connection):
        assert engineer.get(page(model, f"{pk}/{rest}")).status_code in {302, 404}, model
    assert engineer.get(page(Job, f"{pk}/{rest}")).status_code in {302, 403, 404}


@pytest.mark.parametrize(
    "query", ["?q=%00", "?o=9.-9", "?p=99", "?line__id__exact=x", "?nothing=1", "?q=" + "x" * 3000]
)
def test_an_odd_query_is_no_error_of_ours(engineer, query):
    assert engineer.get(page(Machine) + query).status_code in {200, 302, 400}
