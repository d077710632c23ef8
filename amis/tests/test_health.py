"""What tells whether AMIS lives: heartbeats, checks, open doors and what they keep secret."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django_tenants.utils import tenant_context

from amis import health, views
from production.live import store_alive
from production.services.backfill import mark
from production.tests.factories import make_machine
from tenants.live import valkey

CHICAGO, BASE = "plant-chicago.amis.localhost", "amis.localhost"
WORKERS = (*health.QUEUES, "beat")


@pytest.fixture
def two_plants(db, chicago, lyon):
    """Chicago has a machine with a connection; Lyon has none and is not waited for."""
    with tenant_context(chicago):
        make_machine()
    return chicago


def ready() -> tuple[int, dict]:
    answer = Client(HTTP_HOST="10.0.0.9").get("/readyz")
    return answer.status_code, answer.json()["checks"]


def test_amis_is_ready_once_everything_answers_and_live_data_flows(two_plants):
    now = datetime.now(UTC)
    for name in WORKERS:
        health.beat(name)
    assert ready()[0] == 503
    store_alive("plant_chicago", ["M001"], now - timedelta(seconds=30))
    status, checks = ready()
    assert (status, [n for n, c in checks.items() if not c["ok"]]) == (503, ["live"])
    store_alive("plant_chicago", ["M001"], now)
    assert ready()[0] == 200


def test_amis_waits_for_the_back_fill(two_plants):
    for name in WORKERS:
        health.beat(name)
    store_alive("plant_chicago", ["M001"], datetime.now(UTC))
    for percent, expected in ((40, 503), (100, 200)):
        with tenant_context(two_plants):
            mark(percent)
        status, checks = ready()
        assert status == expected
        assert checks["backfill"]["ok"] is (percent == 100)


@pytest.mark.parametrize(
    ("silent", "check"),
    [("default", "workers"), ("provision", "workers"), ("ingest", "ingest"), ("beat", "beat")],
)
def test_a_silent_worker_fails_its_own_check(two_plants, silent, check):
    for name in WORKERS:
        health.beat(name)
    valkey().set(health.HEARTBEAT + silent, datetime.now(UTC).timestamp() - 60)
    checks = health.run(health.READINESS)
    assert not checks[check].ok
    assert checks[check].detail == f"silent: {silent}"


def test_a_database_that_is_away_is_503_and_said_so(two_plants, monkeypatch):
    def away() -> health.Check:
        raise OperationalError("connection refused")

    monkeypatch.setitem(health.READINESS, "database", away)
    monkeypatch.setitem(health.HEALTH, "database", away)
    answer = Client(HTTP_HOST=BASE).get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["checks"]["database"]["ok"] is False
    body = Client(HTTP_HOST=BASE).get("/api/health").json()
    assert (body["status"], body["checks"]["database"]["status"]) == ("down", "down")
    assert body["checks"]["cache"]["status"] == "ok"


@pytest.mark.parametrize("path", ["/api/kpis", "/"])
@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("a fault of ours")])
def test_what_breaks_is_told_apart_503_and_500(rf, path, error):
    request = rf.get(path, HTTP_HOST=CHICAGO)
    request.place = request.token = None
    try:
        raise error
    except type(error):
        answer = views.server_error(request)
    assert answer.status_code == (503 if isinstance(error, OperationalError) else 500)
    assert str(error) not in answer.content.decode()
    if path != "/":
        assert set(json.loads(answer.content)) == {"code", "message", "extra"}


@pytest.mark.parametrize("host", [BASE, CHICAGO, "10.0.0.9", "unheard-of.example"])
def test_the_health_doors_answer_on_every_host_and_name_no_plant(two_plants, host):
    client = Client(HTTP_HOST=host)
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert set(ready.json()["checks"]) == {
        "database", "cache", "workers", "ingest", "beat", "backfill", "live",
    }  # fmt: skip
    health = client.get("/api/health").json()
    assert set(health) == {"status", "version", "time", "checks"}
    assert set(health["checks"]) == {"database", "cache", "workers", "opcua", "scheduler"}
    assert set(health["checks"]["database"]) == {"status", "detail", "age_s"}
    metrics = client.get("/metrics").content.decode()
    assert 'amis_check_ok{check="database"} 1' in metrics
    assert "chicago" not in (metrics + str(health) + str(ready.json())).lower()


def test_figures_by_plant_are_for_whoever_has_the_key(two_plants, monkeypatch, alice, client_of):
    doors = dataclasses.replace(settings.ENVIRONMENT.doors, metrics_token="a-key-of-the-tests-only")
    changed = dataclasses.replace(settings.ENVIRONMENT, doors=doors)
    monkeypatch.setattr(settings, "ENVIRONMENT", changed)
    client_of(alice, two_plants).get("/api/machines")
    stranger, known = Client(), Client(headers={"Authorization": f"Bearer {doors.metrics_token}"})
    sums, figures = (client.get("/metrics").content.decode() for client in (stranger, known))
    assert "tenant_id" not in sums
    assert 'amis_machines{data="stale"} 1' in sums
    assert 'amis_machines{tenant_id="plant_chicago",data="stale"} 1' in figures
    assert 'amis_machines{tenant_id="plant_lyon",data="stale"} 0' in figures
    assert 'amis_requests_total{tenant_id="plant_chicago",status="200"}' in figures


@pytest.mark.parametrize("key", ["Bearer wrong", "Bearer ", "Token x"])
def test_a_wrong_key_gets_no_figures(two_plants, key):
    answer = Client(headers={"Authorization": key}).get("/metrics")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"amis_" not in answer.content


def test_the_front_door_tells_programs_what_this_is(two_plants):
    for host in (BASE, CHICAGO):
        body = Client(HTTP_HOST=host).get("/", HTTP_ACCEPT="application/json").json()
        assert set(body) == {"service", "version", "endpoints"}
        assert body["endpoints"]["kpis"] == "/api/kpis"


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/", "/api/docs", "/api/docs/"])
def test_schema_and_docs_are_open_on_every_host(db, path):
    for host in (BASE, CHICAGO):
        answer = Client(HTTP_HOST=host).get(path)
        assert answer.status_code == 200
        assert b"cdn.jsdelivr" not in answer.content
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert b"<script>" not in answer.content
        assert b"<style>" not in answer.content
