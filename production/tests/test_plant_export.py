"""What a plant's administrator takes away, and what stays."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from production.models import Connection, Machine
from tenants.models import AccessLog, Tenant
from tenants.services.tokens import create_token

BASE, PATH = "amis.localhost", "/api/tenants/plant_chicago/export"
SECRET = "plc-knows-7"


@pytest.fixture
def stored(committed, chicago, lyon):
    with tenant_context(lyon):
        Machine.objects.create(machine_id="L001", machine_name="Canary of Lyon")
    with tenant_context(chicago):
        Machine.objects.create(machine_id="M001", machine_name="Press, large")
        Connection.objects.create(name="hall", endpoint_url="opc.tcp://a:1/", password=SECRET)


@pytest.fixture
def ask(chicago, token_for):
    def by(user, tenant=chicago, *, path=PATH, **headers):
        token = token_for(user, tenant) if tenant else create_token(user=user, tenant=None)
        return Client(HTTP_HOST=BASE, HTTP_AUTHORIZATION=f"Token {token}").get(path, **headers)

    return by


def test_every_table_is_there_and_no_secret(stored, person, ask):
    ada = person("ada", chicago="admin")
    answer = ask(ada, HTTP_ACCEPT="application/zip")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"tenant.json", "production_machine.csv", "production_sample.csv",
            "reports_report.csv", "analytics_modelversion.csv"} <= set(texts)  # fmt: skip
    (machine,) = csv.DictReader(io.StringIO(texts["production_machine.csv"]))
    assert (machine["machine_id"], machine["machine_name"]) == ("M001", "Press, large")
    about = json.loads(texts["tenant.json"])
    assert about["members"] == [
        {"user_id": "ada", "user_email": "ada@amis.example", "role": "admin"}
    ]
    for text in texts.values():
        assert SECRET not in text
        assert ada.password not in text
        assert "Canary of Lyon" not in text
    told = AccessLog.objects.get(action=AccessLog.Action.PLANT_EXPORTED)
    assert (told.user_label, told.tenant_id) == ("ada@amis.example", "plant_chicago")


def test_managers_and_strangers_take_nothing_away(stored, person, ask, lyon):
    assert ask(person("max", chicago="manager")).status_code == 403
    assert ask(person("mallory", lyon="admin"), tenant=lyon).status_code == 404
    assert ask(person("root", admin=True), tenant=None).status_code == 200


@pytest.fixture
def oslo(stored):
    """A plant that is ordered and has no tables."""
    plant = Tenant.objects.create(schema_name="plant_oslo", tenant_name="Oslo")
    yield plant
    Tenant.objects.filter(pk=plant.pk).delete()


@pytest.mark.parametrize("status", ["provisioning", "failed", "deleting"])
def test_a_plant_without_tables_holds_nothing_to_take_away(oslo, person, ask, status):
    Tenant.objects.filter(pk=oslo.pk).update(status=status)
    answer = ask(person("root", admin=True), None, path="/api/tenants/plant_oslo/export")
    assert answer.status_code == 409
    assert not AccessLog.objects.filter(action=AccessLog.Action.PLANT_EXPORTED).exists()
