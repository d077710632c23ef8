"""No admin page shows, changes or deletes another plant's rows; both faces keep their own."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django_tenants.utils import tenant_context

from ai_insights.models import Cost
from amis.admin import site
from analytics.models import Target
from production.models import (
    Area,
    Connection,
    Job,
    Line,
    Machine,
    PlantClosure,
    ShiftPattern,
    Signal,
    StopReason,
)
from reports.models import ReportSchedule
from tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
CANARY = "canary-of-lyon"
OF_THE_PLATFORM = {"tenants", "django_celery_beat"}


def page(model, rest: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def _one_of_everything(mark: str) -> dict[type, int]:
    """A row of each kind, which the mark names; model → its number."""
    connection = Connection.objects.create(
        name=mark, endpoint_url=f"opc.tcp://{mark}:4840", username=mark, password=mark
    )
    line = Line.objects.create(name=mark, area=Area.objects.create(name=mark))
    pattern = ShiftPattern.objects.create(name=mark, days=["mon"], shifts=[])
    machine = Machine.objects.create(
        machine_id=mark, machine_name=mark, line=line, connection=connection, shift_pattern=pattern
    )
    rows = [
        *(connection, line, line.area, pattern, machine),
        Signal.objects.create(machine=machine, name=mark, node=f"nsu=urn:{mark};s=1"),
        StopReason.objects.create(code=mark, name=mark),
        PlantClosure.objects.create(day="2026-12-25", name=mark),
        Job.objects.create(kind=mark, step=mark),
        ReportSchedule.objects.create(pk=1, recipients=[f"{mark}@example.com"]),
    ]
    return {type(row): row.pk for row in rows}


@pytest.fixture
def rows(chicago, lyon) -> dict[type, int]:
    """Lyon's rows, with numbers that Chicago has too, and one more of each that it has not."""
    with tenant_context(chicago):
        _one_of_everything("chicagos-own")
    with tenant_context(lyon):
        found = _one_of_everything(CANARY)
    ContentType.objects.clear_cache()
    return found


def models_of_plants() -> list[type]:
    return [model for model in site._registry if model._meta.app_label not in OF_THE_PLATFORM]


def test_every_page_of_a_plant_has_a_canary_or_is_named_here(rows):
    named = {"Target", "Preferences", "Cost", "WriterChoice"}
    assert {model.__name__ for model in models_of_plants()} - named == {m.__name__ for m in rows}


@pytest.mark.parametrize("who", ["engineer", "admin"])
def test_chicago_sees_nothing_of_lyon(who, rows, person, chicago, client_of):
    browser = client_of(person("eve", chicago=who), chicago)
    own = browser.get("/admin/production/machine/").content.decode()
    assert "chicagos-own" in own
    for model in models_of_plants():
        number = rows.get(model, 1)
        for rest in ("", "?q=of-lyon", "add/", f"{number}/change/", f"{number}/delete/"):
            answer = browser.get(page(model, rest), follow=True)
            assert CANARY not in answer.content.decode(), (model, rest)
            assert answer.status_code < 500


def test_a_platform_administrator_inside_chicago_sees_nothing_of_lyon(
    rows, person, chicago, client_of
):
    browser = client_of(person("root", admin=True), chicago)
    for model in models_of_plants():
        assert CANARY not in browser.get(page(model)).content.decode()


def test_the_base_host_shows_no_plants_rows(rows, person, client_of):
    base = client_of(person("root", admin=True))
    for path in ("/admin/", "/admin/tenants/tenant/", "/admin/tenants/tenant/2/change/",
                 "/admin/tenants/accesslog/", "/admin/tenants/domain/"):  # fmt: skip
        answer = base.get(path)
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()
    for model in models_of_plants():
        assert base.get(page(model)).status_code == 403


def test_no_header_or_path_leads_the_admin_into_another_plant(
    rows, mallory, alice, chicago, client_of
):
    host = "plant-lyon.amis.localhost"
    browser = client_of(alice, chicago)
    assert browser.get(page(Machine), HTTP_HOST=host).status_code == 404
    assert browser.get(page(Machine), HTTP_X_TENANT="plant_lyon").status_code == 404
    base = client_of(alice)
    assert base.get(page(Machine), HTTP_X_TENANT="plant_lyon").status_code == 404
    assert client_of(mallory, chicago).get(page(Machine)).status_code == 404


def test_lyons_rows_are_not_changed_from_chicago(rows, alice, chicago, lyon, client_of):
    browser = client_of(alice, chicago)
    with tenant_context(lyon):
        reason = StopReason.objects.create(code="lyons", name=CANARY)
        gone = {StopReason: reason.pk + 1000}
        StopReason.objects.create(pk=reason.pk + 1000, code="lyons2", name=CANARY)
    number = gone[StopReason]
    sent = {"code": "x", "name": "x", "loss": "failure"}
    assert browser.post(page(StopReason, f"{number}/change/"), sent).status_code == 302
    assert browser.post(page(StopReason, f"{number}/delete/"), {"post": "yes"}).status_code == 302
    many = {"action": "delete_selected", "_selected_action": [str(number)], "post": "yes"}
    browser.post(page(StopReason), many)
    with tenant_context(lyon):
        assert StopReason.objects.get(pk=number).name == CANARY


def test_a_form_takes_no_row_of_another_plant_as_its_reference(
    rows, alice, chicago, lyon, client_of
):
    with tenant_context(lyon):
        line = Line.objects.create(pk=9_000, name="far", area=Area.objects.first())
    sent = {"machine_id": "M1", "machine_name": "x", "position": "0", "minor_stop_s": "120",
            "metadata": "{}", "line": str(line.pk)}  # fmt: skip
    answer = client_of(alice, chicago).post(page(Machine, "add/"), sent)
    assert "line" in answer.context["adminform"].form.errors


def test_targets_and_costs_are_each_plants_own(alice, chicago, lyon, client_of):
    browser = client_of(alice, chicago)
    for model in (Target, Cost):
        assert browser.get(page(model)).status_code == 200
    assert Tenant.objects.count() == 2
    assert Membership.objects.filter(user=alice).count() == 1
    assert Client(HTTP_HOST="plant-lyon.amis.localhost").get(page(Target)).status_code == 302
