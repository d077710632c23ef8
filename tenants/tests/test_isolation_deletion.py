"""After a plant is deleted nothing of it is found: tables, Valkey, files, letters, log lines."""

from __future__ import annotations

import io
import logging
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_tenants.utils import tenant_context

import amis.celery  # noqa: F401 - so that orders find their broker
from amis.health import ages, beat
from conftest import as_owner
from production.models import Machine
from production.services.plants import found_plant
from production.tests.provision_worker import provision_worker
from tenants.live import plant_key, valkey
from tenants.models import Tenant
from tenants.services.tokens import create_token

CANARY, OSLO = "Canary-of-Oslo", "plant-oslo.amis.localhost"


@pytest.fixture
def folders(settings, tmp_path) -> Path:
    settings.PLANT_FOLDERS = tuple(tmp_path / name for name in ("files", "reports", "raw"))
    settings.MAIL_DIR = tmp_path / "mail"
    for folder in (*settings.PLANT_FOLDERS, settings.MAIL_DIR):
        folder.mkdir()
    return tmp_path


@pytest.fixture
def oslo(committed, folders, settings, person, client_of) -> Tenant:
    """A plant that has left something in every place."""
    with as_owner():
        oslo = found_plant(tenant_id="plant_oslo", tenant_name=CANARY, timezone="Europe/Oslo")
    user = person("ada")
    oslo.memberships.create(user=user, role="admin")
    create_token(user=user, tenant=oslo, name=CANARY)
    client = client_of(user, oslo)
    made = client.post(
        "/api/machines/register",
        {"machine_id": "M1", "machine_name": CANARY, "machine_type": CANARY, "capacity": 1},
        content_type="application/json",
    )
    assert made.status_code == 201
    with tenant_context(oslo):
        cache.set("answer", CANARY)
    valkey().set(plant_key("plant_oslo", "newest"), CANARY)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Tenant),
        object_id=str(oslo.pk),
        object_repr=CANARY,
        action_flag=CHANGE,
    )
    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    PeriodicTask.objects.create(
        name=CANARY, task="x", interval=every, headers='{"_schema_name": "plant_oslo"}'
    )
    for folder in settings.PLANT_FOLDERS:
        (folder / "plant_oslo").mkdir()
        (folder / "plant_oslo" / "day.txt").write_text(CANARY)
    letter = EmailMessage()
    letter["Subject"] = CANARY
    letter.set_content(f"{CANARY} http://{OSLO}/reports/")
    (settings.MAIL_DIR / "1.eml").write_bytes(letter.as_bytes())
    return oslo


def found(text: str, folder: Path) -> list[str]:
    """Every place that holds the text."""
    places = [table for table, rows in dump().items() if text in rows]
    for key in valkey().scan_iter():
        value = valkey().dump(key)
        if text.encode() in key or text.encode() in value:
            places.append(f"valkey {key.decode()}")
    for path in folder.rglob("*"):
        if text in path.name or (path.is_file() and text in path.read_text()):
            places.append(str(path.relative_to(folder)))
    return sorted(places)


def dump() -> dict[str, str]:
    """Each table of every schema, as COPY writes it."""
    tables = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""
    texts = {}
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(tables)
        for (table,) in cursor.fetchall():
            file = io.StringIO()
            cursor.cursor.copy_expert(f"COPY (TABLE {table}) TO STDOUT", file)
            texts[table] = file.getvalue()
    return texts


def test_a_deleted_plant_is_found_nowhere_but_in_the_audit_log(oslo, person, folders, caplog):
    before = found(CANARY, folders)
    assert {"plant_oslo.production_machine", "public.tenants_tenant", "public.tenants_apitoken",
            "public.django_admin_log", "public.django_celery_beat_periodictask",
            "valkey plant_oslo:newest", "valkey plant_oslo:cache::1:answer", "mail/1.eml",
            "raw/plant_oslo/day.txt"} <= set(before)  # fmt: skip
    key = create_token(user=person("root", admin=True), tenant=None)
    client = Client(HTTP_HOST="amis.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    with provision_worker(), caplog.at_level(logging.DEBUG):
        gone = client.delete(
            "/api/tenants/plant_oslo", {"confirm": "plant_oslo"}, content_type="application/json"
        )
    assert gone.status_code == 204
    assert found(CANARY, folders) == []
    assert CANARY not in caplog.text
    valkey().delete("production", "provision", "unacked", "unacked_index")
    assert found("plant_oslo", folders) == ["public.tenants_accesslog"]
    assert found("plant-oslo", folders) == []


def test_the_other_plants_keep_what_they_have(oslo, chicago, folders):
    for plant in (oslo, chicago):
        with tenant_context(plant):
            Machine.objects.update_or_create(machine_id="M2", defaults={"machine_name": "Kept"})
    Tenant.objects.filter(pk=oslo.pk).update(status="deleting")
    with provision_worker():
        while Tenant.objects.filter(pk=oslo.pk).exists():
            pass
    assert found("Kept", folders) == ["plant_chicago.production_machine"]
    with tenant_context(chicago):
        assert Machine.objects.get().machine_id == "M2"


@pytest.mark.parametrize("name", ["seq", "ingest", "amis"])
def test_a_plant_named_like_a_key_of_others_takes_no_key_of_theirs(committed, folders, name):
    with as_owner():
        found_plant(tenant_id=name, tenant_name="Odd", timezone="UTC")
    kept = {plant_key("plant_chicago", "seq"), plant_key("plant_chicago", name)}
    for key in kept:
        valkey().set(key, 7)
    beat("ingest")
    valkey().set(plant_key(name, "seq"), 1)
    Tenant.objects.filter(schema_name=name).update(status="deleting")
    with provision_worker():
        while Tenant.objects.filter(schema_name=name).exists():
            pass
    left = {key.decode() for key in valkey().scan_iter()}
    assert kept <= left
    assert "ingest" in ages()
    assert not any(key.startswith(f"{name}:") for key in left)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("patch", ""),
        ("delete", ""),
        ("post", "/suspend"),
        ("post", "/resume"),
        ("get", "/export"),
        ("post", "/machines/register"),
    ],
)
def test_a_foreign_and_an_unknown_plant_answer_the_same_bytes(
    db, mallory, lyon, token_for, method, path
):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    bodies = set()
    for host in ("amis.localhost", "127.0.0.1"):
        for tenant in ("plant_chicago", "plant_atlantis", "PLANT_CHICAGO", "public"):
            client = Client(HTTP_HOST=host, **key)
            answer = getattr(client, method)(f"/api/tenants/{tenant}{path}")
            assert answer.status_code == 404
            bodies.add(answer.content)
    assert len(bodies) == 1
