"""The wire: every endpoint in its three forms, who gets in, and what the answers hold."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from amis.tests.calls import (
    BASE,
    CALLS,
    CHICAGO,
    DAY,
    JOB_ID,
    LYON,
    NEW_MACHINE,
    REPORT_ID,
    ROW,
    VERSION_ID,
)
from amis.tests.described import faults
from analytics.models import Anomaly, ModelVersion, Promotion, Run
from analytics.tests.stored import RISKS, store_forecast, store_risks
from production.models import Job, Machine, ProductionRecord, Stop
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine
from reports.models import Delivery, Report, ReportFile

EVERY_CALL = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.path)


@pytest.fixture
def plant(db, chicago):
    """A machine with one record, one stop and one job, and what was predicted of it."""
    with tenant_context(chicago):
        ensure_reasons()
        machine, now = make_machine(), clock.now()
        store_risks([machine], RISKS[:1], now=now)
        store_forecast(now, now.date())
        _begin_again()
    return chicago


def _begin_again() -> None:
    """The stop, the job, the anomaly and the models as they are before anybody answers them; the
    machine that is registered is not there yet.
    """
    Machine.objects.filter(machine_id=NEW_MACHINE["machine_id"]).delete()
    Job.objects.update_or_create(
        pk=uuid.UUID(JOB_ID),
        defaults={"kind": "test", "state": "queued", "cancel_requested": False},
    )
    machine, end = Machine.objects.get(), DAY + timedelta(minutes=5)
    values = {"machine": machine, "start": DAY, "end": end, "state": "Aborted"}
    Stop.objects.update_or_create(pk=7, defaults=values)
    values = {"machine": machine, "start": DAY, "end": clock.now(), "grain": "signal"}
    values |= {"status": "open", "score": 0.9, "sentence": "Odd", "signals": []}
    Anomaly.objects.update_or_create(pk=7, defaults=values)
    _serve_again()
    _report_again()


def _serve_again() -> None:
    """The version of `store_risks` serves, another served before it, and nobody trains."""
    Run.objects.all().delete()
    Promotion.objects.all().delete()
    values = {"task": "downtime", "number": 13, "as_of": DAY, "status": "retired"}
    before, _ = ModelVersion.objects.update_or_create(pk=VERSION_ID, defaults=values)
    now = ModelVersion.objects.get(task="downtime", number=14)
    ModelVersion.objects.filter(pk=now.pk).update(status="champion")
    for n, version in enumerate((before, now)):
        Promotion.objects.create(version=version, at=DAY + timedelta(days=n), by="AMIS", why="Why.")


def _report_again() -> None:
    """One report is issued, and none is being made."""
    Report.objects.exclude(pk=REPORT_ID).delete()
    values = {"kind": "daily", "plant_date": DAY.date(), "start": DAY, "end": DAY, "made_at": DAY}
    report, _ = Report.objects.update_or_create(pk=REPORT_ID, defaults=values | {"state": "issued"})
    ReportFile.objects.get_or_create(report=report, format="pdf", name="a.pdf", content=b"%PDF-")
    Delivery.objects.get_or_create(report=report, to="boss@amis.example", message_id="<1@a>")


@pytest.fixture
def sam(person):
    return person("sam", chicago="supervisor")


def key(text: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Token {text}"}


def forms(path: str, tenant: str = "plant_chicago") -> list[tuple[str, str, dict[str, str]]]:
    """(host, path, headers) of the three ways to name the plant, each with and without a slash."""
    host = f"{tenant.replace('_', '-')}.{BASE}"
    path, _, query = path.partition("?")
    tail = f"?{query}" if query else ""
    return [
        (on, f"{prefix}{path}{slash}{tail}", headers)
        for slash in ("", "/")
        for on, prefix, headers in (
            (host, "/api/", {}),
            (BASE, f"/api/tenants/{tenant}/", {}),
            ("127.0.0.1", "/api/", {"HTTP_X_TENANT": tenant}),
        )
    ]


@EVERY_CALL
def test_every_form_gives_the_same_answer(plant, alice, token_for, call):
    token = key(token_for(alice, plant))
    shapes = set()
    for host, path, headers in forms(call.path):
        with tenant_context(plant):
            _begin_again()
        answer = call.send(Client(HTTP_HOST=host), path, **headers, **token)
        assert answer.status_code == call.status, (path, answer.content)
        assert answer["Content-Type"] == "application/json"
        assert set(answer.json()) == call.keys
        shapes.add(json.dumps(_shape(answer.json()), sort_keys=True))
    assert len(shapes) == 1


def _shape(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _shape(value) for name, value in body.items()}
    return [_shape(item) for item in body[:1]] if isinstance(body, list) else None


@EVERY_CALL
def test_nobody_gets_in_without_a_name(plant, call):
    for host, path, headers in forms(call.path):
        for wrong in ({}, key("nonsense")):
            answer = call.send(Client(HTTP_HOST=host), path, **headers, **wrong)
            assert answer.status_code == 401
            assert set(answer.json()) == {"code", "message", "extra"}
            assert answer["WWW-Authenticate"] == "Token"


@EVERY_CALL
def test_a_foreign_and_an_unknown_plant_answer_the_same_bytes(
    plant, mallory, lyon, token_for, call
):
    token = key(token_for(mallory, lyon))
    bodies = set()
    for tenant in ("plant_chicago", "plant_atlantis"):
        for host, path, headers in forms(call.path, tenant):
            answer = call.send(Client(HTTP_HOST=host), path, **headers, **token)
            assert answer.status_code == 404, path
            bodies.add(answer.content)
    assert len(bodies) == 1


@pytest.mark.parametrize("call", [c for c in CALLS if c.lowest != "viewer"], ids=lambda c: c.path)
def test_a_role_below_the_lowest_is_refused_by_name(plant, bob, token_for, call):
    answer = call.send(Client(HTTP_HOST=CHICAGO), f"/api/{call.path}", **key(token_for(bob, plant)))
    assert answer.status_code == 403
    assert answer.json()["extra"]["needed"] == call.lowest


def test_a_token_of_one_plant_does_not_open_another(plant, person, lyon, token_for):
    carol = person("carol", chicago="manager", lyon="manager")
    token = key(token_for(carol, lyon))
    assert Client(HTTP_HOST=CHICAGO).get("/api/kpis", **token).status_code == 404
    assert Client(HTTP_HOST=LYON).get("/api/kpis", **token).status_code == 200


def test_the_only_plant_of_the_caller_needs_no_name(plant, alice, token_for):
    for host in (BASE, "localhost", "127.0.0.1:8000"):
        answer = Client(HTTP_HOST=host).get("/api/kpis", **key(token_for(alice, plant)))
        assert answer.json()["tenant_id"] == "plant_chicago"


def test_two_plants_must_be_told_apart(plant, person, client_of, lyon):
    carol = person("carol", chicago="manager", lyon="manager")
    client = client_of(carol, plant)
    session = client.session
    session["host"] = BASE
    session.save()
    answer = client.get("/api/kpis", HTTP_HOST=BASE)
    assert answer.status_code == 400
    assert answer.json()["extra"]["tenants"] == ["plant_chicago", "plant_lyon"]


def test_every_answer_is_what_the_schema_says(plant, alice, token_for):
    client, token = Client(HTTP_HOST=CHICAGO), key(token_for(alice, plant))
    for call in CALLS:
        with tenant_context(plant):
            _begin_again()
        answer = call.send(client, f"/api/{call.path}", **token)
        assert answer.status_code == call.status, call.path
        assert faults(call.route, call.method, call.status, answer.json()) == []
        refused = call.send(client, f"/api/{call.path}")
        assert faults(call.route, call.method, refused.status_code, refused.json()) == []


def test_submitted_figures_come_back_in_records_and_kpis(plant, sam, token_for):
    client, token = Client(HTTP_HOST=CHICAGO), key(token_for(sam, plant))
    first = client.post("/api/production/submit", [ROW], content_type="application/json", **token)
    again = client.post("/api/production/submit", [ROW], content_type="application/json", **token)
    assert first.json() == {"received": 1, "created": 1, "updated": 0, "unchanged": 0}
    assert again.json() == {"received": 1, "created": 0, "updated": 0, "unchanged": 1}
    window = "from=2026-02-07&to=2026-02-08"
    (record,) = client.get(f"/api/production?{window}", **token).json()["results"]
    assert set(record) == {
        "production_date", "shift", "machine_id", "machine_name", "units_produced", "good_units",
        "defective_units", "downtime_min", "pbt_min", "apt_min", "oee", "source", "simulated",
        "updated_at",
    }  # fmt: skip
    assert (record["source"], record["shift"], record["good_units"]) == ("submitted", "Day", 355)
    kpis = client.get(f"/api/kpis?{window}&shift=Day", **token).json()
    assert (kpis["downtime_min"], kpis["pbt_min"], kpis["apt_min"]) == (63, 480, 417)
    assert kpis["oee"] == pytest.approx(record["oee"])
    assert kpis["from"] == "2026-02-07T06:00:00Z"
    (machine,) = client.get(f"/api/machines?{window}", **token).json()["results"]
    assert (machine["machine_id"], machine["capacity"]) == ("M001", 480)
    assert machine["oee"] == pytest.approx(record["oee"])


def test_one_bad_row_writes_nothing(plant, sam, token_for):
    rows = [ROW, {**ROW, "shift": "Evening", "defective_units": 371}]
    answer = Client(HTTP_HOST=CHICAGO).post(
        "/api/production/submit",
        rows,
        content_type="application/json",
        **key(token_for(sam, plant)),
    )
    assert answer.status_code == 400
    (error,) = answer.json()["extra"]["errors"]
    assert (error["row"], error["field"]) == (2, "defective_units")
    with tenant_context(plant):
        assert not ProductionRecord.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("days=0", "days"),
        ("days=366", "days"),
        ("days=seven", "days"),
        ("days=", "days"),
        ("from=&to=", "from"),
        ("limit=", "limit"),
        ("days=7&from=2026-01-01&to=2026-01-02", "days"),
        ("from=2026-01-01", "to"),
        ("to=2026-01-01", "from"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("from=2026-01-01&to=2026-01-02T00:00:00Z", "to"),
        ("from=2026-01-01T00:00:00&to=2026-01-02T00:00:00", "from"),
        ("from=2026-02-30&to=2026-03-01", "from"),
        ("from=0001-01-01&to=9999-12-31", "from"),
        ("machine_id=%00", "machine_id"),
        ("shift=" + "x" * 201, "shift"),
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
        ("offset=-1", "offset"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_of_its_field(plant, bob, token_for, query, field):
    path = f"/api/production?{query}"
    answer = Client(HTTP_HOST=CHICAGO).get(path, **key(token_for(bob, plant)))
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert answer.json()["extra"]["errors"][0]["field"] == field


@pytest.mark.parametrize("query", ["machine_id=M404", "line=none", "shift=none", "line="])
@pytest.mark.parametrize("path", ["kpis", "production", "machines"])
def test_an_unknown_machine_line_or_shift_is_404(plant, bob, token_for, path, query):
    answer = Client(HTTP_HOST=CHICAGO).get(f"/api/{path}?{query}", **key(token_for(bob, plant)))
    assert answer.status_code == 404


def test_an_instant_whose_plus_sign_was_not_encoded_is_understood(plant, bob, token_for):
    query = "from=2026-01-01T00:00:00+01:00&to=2026-01-02T00:00:00%2B01:00"
    answer = Client(HTTP_HOST=CHICAGO).get(f"/api/kpis?{query}", **key(token_for(bob, plant)))
    assert (answer.json()["from"], answer.json()["days"]) == ("2025-12-31T23:00:00Z", None)


def test_a_list_is_read_page_by_page(plant, bob, token_for):
    with tenant_context(plant):
        for number in range(2, 5):
            make_machine(f"M00{number}")
    client, token = Client(HTTP_HOST=CHICAGO), key(token_for(bob, plant))
    found, path = [], "/api/machines?limit=3"
    while path:
        page = client.get(path, **token).json()
        assert page["count"] == 4
        found += [machine["machine_id"] for machine in page["results"]]
        path = page["next"]
    assert found == ["M001", "M002", "M003", "M004"]
    assert client.get("/api/machines?limit=3&offset=3", **token).json()["previous"]


def test_the_caller_sees_his_own_plants_only(plant, alice, token_for):
    answer = Client(HTTP_HOST=BASE).get("/api/tenants/list", **key(token_for(alice, plant)))
    (card,) = answer.json()["tenants"]
    assert card["tenant_id"] == "plant_chicago"
    assert card["url"] == "http://plant-chicago.amis.localhost"


def test_errors_of_the_api_are_json_whoever_raises_them(plant, bob, token_for):
    client, token = Client(HTTP_HOST=CHICAGO), key(token_for(bob, plant))
    assert client.get("/api/nothing", **token).json()["code"] == "not_found"
    wrong = client.delete("/api/kpis", **token)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong["Allow"]
    assert wrong["X-Request-ID"]


def test_a_browser_gets_the_browsable_api(plant, bob, client_of):
    answer = client_of(bob, plant).get("/api/kpis", HTTP_ACCEPT="text/html")
    assert answer["Content-Type"].startswith("text/html")
    assert b"bootstrap.min.css" in answer.content
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert b"<script>" not in answer.content
    assert b"<style>" not in answer.content
    assert b"favicon.svg" in answer.content
