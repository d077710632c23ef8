"""Reports over the wire: the list, the files, making one, the schedule, and who may what."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from analytics.models import Run
from production.models import Job
from reports.models import Delivery, Report, ReportFile, ReportSchedule
from reports.services.begin import begin_report, wanted_days
from reports.services.issue import issue_report
from reports.tests.conftest import NOW
from tenants.models import Tenant

CHICAGO, BASE = "plant-chicago.amis.localhost", "amis.localhost"
PDF = b"%PDF-1.7 the day of Chicago"
DAY = date(2026, 11, 18)


def issued(day: date = DAY, *, content: bytes = PDF, **more) -> Report:
    report, run = begin_report(wanted_days("daily", day, **more), now=NOW)
    files = {"pdf": ("day.pdf", content), "csv": ("day.csv", b"a,b\r\n")}
    issue_report(report, content={}, files=files, insight=None, made_at=NOW)
    Run.objects.filter(pk=run.pk).update(state="done")
    return report


class AtChicago(Client):
    """Whatever a request enters, the test goes on in Chicago."""

    def request(self, **request):
        answer = super().request(**request)
        connection.set_tenant(Tenant(schema_name="plant_chicago", timezone="America/Chicago"))
        return answer


@pytest.fixture
def client_as(person, token_for):
    """client_as("alice", chicago="manager"): a program that acts for her at one plant."""

    def make(name: str, **roles: str) -> Client:
        ((plant, _role),) = roles.items()
        with schema_context("public"):
            tenant = Tenant.objects.get(schema_name=f"plant_{plant}")
            token = token_for(person(name, **roles), tenant)
        host = f"plant-{plant}.{BASE}"
        return AtChicago(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Token {token}")

    return make


@pytest.fixture
def client(inside, mail, client_as) -> Client:
    return client_as("alice", chicago="manager")


def post(client: Client, body: object, path: str = "reports"):
    return client.post(f"/api/{path}", json.dumps(body), content_type="application/json")


def put(client: Client, body: object):
    return client.put("/api/reports/schedule", json.dumps(body), content_type="application/json")


def test_before_the_first_report_there_is_no_latest(client):
    answer = client.get("/api/reports/latest")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get("/api/reports/").json()["results"] == []


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "text/html", "application/json"])
def test_the_latest_is_the_pdf_that_was_made_last(client, accept):
    issued(DAY - timedelta(days=1), content=b"%PDF- the day before")
    issued()
    for path in ("reports/latest", "reports/latest/"):
        answer = client.get(f"/api/{path}", HTTP_ACCEPT=accept)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'inline; filename="day.pdf"'


def test_the_latest_is_there_in_every_form(client):
    issued()
    token = {"HTTP_AUTHORIZATION": client.defaults["HTTP_AUTHORIZATION"]}
    for host, path, more in (
        (BASE, "/api/tenants/plant_chicago/reports/latest", {}),
        (BASE, "/api/reports/latest", {}),
        ("127.0.0.1", "/api/reports/latest", {"HTTP_X_TENANT": "plant_chicago"}),
    ):
        assert Client(HTTP_HOST=host).get(path, **token, **more).content == PDF
    assert Client(HTTP_HOST=CHICAGO).get("/api/reports/latest").status_code == 401


def test_a_report_tells_its_files_and_who_got_it(client):
    report = issued(mails=True)
    Delivery.objects.update(state="retrying", attempts=2, at=NOW, error="It does not answer.")
    (card,) = client.get("/api/reports/").json()["results"]
    assert card == client.get(f"/api/reports/{report.pk}").json()
    assert card["files"] == {name: f"/api/reports/{report.pk}/{name}" for name in ("csv", "pdf")}
    assert card["deliveries"] == [
        {
            "to": "boss@amis.example",
            "state": "retrying",
            "attempts": 2,
            "at": "2026-11-19T14:00:30Z",
            "error": "It does not answer.",
        }
    ]
    assert (card["from"], card["to"]) == ("2026-11-18T06:00:00Z", "2026-11-19T06:00:00Z")
    assert (card["kind"], card["plant_date"], card["state"]) == ("daily", "2026-11-18", "issued")
    saved = client.get(card["files"]["csv"], HTTP_ACCEPT="text/csv")
    assert (saved.content, saved["Content-Type"]) == (b"a,b\r\n", "text/csv")
    assert saved["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/reports/{report.pk}/xlsx").status_code == 404


def test_a_report_that_is_being_made_or_failed_is_not_listed(client):
    report, _ = begin_report(wanted_days("daily", DAY), now=NOW)
    assert client.get("/api/reports/").json()["count"] == 0
    assert client.get(f"/api/reports/{report.pk}").status_code == 404


def test_the_list_takes_as_many_queries_for_many_reports_as_for_one(
    client, django_assert_num_queries
):
    for n in range(6):
        issued(DAY - timedelta(days=n), mails=True)
    client.get("/api/reports/")
    with django_assert_num_queries(8):
        assert client.get("/api/reports/").json()["count"] == 6


@pytest.mark.parametrize(
    ("ends", "kind", "last"),
    [
        (("2026-11-18", "2026-11-19"), "daily", DAY),
        (("2026-11-12", "2026-11-19"), "weekly", DAY),
        (("2026-11-16", "2026-11-19"), "custom", DAY),
        (("2026-11-18T06:00:00-06:00", "2026-11-18T14:00:00-06:00"), "custom", DAY),
    ],
)
def test_a_window_that_has_passed_becomes_a_job(client, ends, kind, last):
    answer = post(client, {"from": ends[0], "to": ends[1], "formats": ["csv", "pdf"]})
    assert answer.status_code == 202
    job = answer.json()
    assert answer["Location"] == f"/api/jobs/{job['id']}"
    assert (job["kind"], job["state"]) == ("report", "queued")
    report = Report.objects.get()
    assert (report.kind, report.plant_date, report.formats) == (kind, last, ["pdf", "csv"])
    assert (report.mails, report.asked_by) == (False, "alice")
    assert Run.objects.get().job_id == Job.objects.get().pk


def test_today_can_be_told_so_far_but_is_not_the_daily_report(client, at):
    early = NOW.replace(hour=3)
    at(early)
    answer = post(client, {"from": "2026-11-18", "to": "2026-11-19"})
    assert answer.status_code == 202
    assert Report.objects.get().kind == "custom"


def test_the_same_report_is_not_made_twice_at_once(client):
    body = {"from": "2026-11-18", "to": "2026-11-19"}
    assert post(client, body).status_code == 202
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Job.objects.count() == 1


def test_a_correction_is_a_next_revision(client):
    first = issued()
    assert post(client, {"from": "2026-11-18", "to": "2026-11-19"}).status_code == 202
    second = Report.objects.exclude(pk=first.pk).get()
    assert (second.revision, second.state) == (2, "making")
    first.refresh_from_db()
    assert first.state == "issued"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "from"),
        ({"from": "2026-11-18"}, "to"),
        ({"from": 7, "to": "2026-11-19"}, "from"),
        ({"from": "2026-11-18", "to": "2026-11-18"}, "to"),
        ({"from": "2026-11-18", "to": "2026-11-17"}, "to"),
        ({"from": "2026-11-18", "to": "2026-11-20"}, "to"),
        ({"from": "2026-11-20", "to": "2026-11-21"}, "from"),
        ({"from": "2025-11-17", "to": "2026-11-19"}, "to"),
        ({"from": "2026-11-18", "to": "2026-11-19T00:00:00Z"}, "to"),
        ({"from": "2026-11-18T00:00:00", "to": "2026-11-19T00:00:00"}, "from"),
        ({"from": "2026-11-18", "to": "2026-11-19", "formats": []}, "formats"),
        ({"from": "2026-11-18", "to": "2026-11-19", "formats": ["doc"]}, "formats"),
        ({"from": "2026-11-18", "to": "2026-11-19", "formats": "pdf"}, "formats"),
        ({"from": "2026-11-18", "to": "2026-11-19", "days": 7}, "days"),
    ],
)
def test_a_wrong_window_is_refused_by_the_name_of_its_field(client, body, field):
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["extra"]["errors"][0]["field"] == field
    assert not Report.objects.exists()


def test_a_year_can_be_told(client):
    assert post(client, {"from": "2025-11-18", "to": "2026-11-19"}).status_code == 202


def test_not_more_than_five_are_made_at_once(client):
    days = [DAY - timedelta(days=n) for n in range(6)]
    bodies = [{"from": f"{day}", "to": f"{day + timedelta(days=1)}"} for day in days]
    assert [post(client, body).status_code for body in bodies] == [202] * 5 + [409]


def test_the_schedule_is_read_and_changed(client):
    assert client.get("/api/reports/schedule").json() == {
        "enabled": True,
        "time": "08:00",
        "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "recipients": [],
        "formats": ["pdf", "xlsx"],
        "next_at": "2026-11-20T14:00:00Z",
    }
    body = {
        "enabled": True,
        "time": "09:30",
        "weekdays": ["fri", "mon", "mon"],
        "recipients": ["Ann@amis.example", "ann@amis.example", "ben@amis.example"],
        "formats": ["xlsx", "pdf"],
    }
    answer = put(client, body)
    assert answer.status_code == 200
    assert answer.json() == {
        **body,
        "weekdays": ["mon", "fri"],
        "recipients": ["Ann@amis.example", "ben@amis.example"],
        "formats": ["pdf", "xlsx"],
        "next_at": "2026-11-20T15:30:00Z",
    }
    assert client.get("/api/reports/schedule").json() == answer.json()
    assert put(client, answer.json()).json() == answer.json()
    assert put(client, {"enabled": False}).json()["next_at"] is None


def test_a_new_time_makes_nothing_due_that_has_passed_already(client):
    put(client, {"time": "07:00"})
    assert ReportSchedule.objects.get().since == NOW
    put(client, {"recipients": ["ann@amis.example"]})
    assert ReportSchedule.objects.get().since == NOW


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"time": "24:00"}, ["time"]),
        ({"time": 8}, ["time"]),
        ({"enabled": "yes"}, ["enabled"]),
        ({"weekdays": []}, ["weekdays"]),
        ({"weekdays": ["monday"]}, ["weekdays"]),
        ({"formats": ["doc"]}, ["formats"]),
        ({"recipients": ["nobody"]}, ["recipients"]),
        ({"recipients": ["a..b@x"]}, ["recipients"]),
        ({"recipients": ["a@b.example\r\nBcc: x@y.example"]}, ["recipients"]),
        ({"recipients": ["a@b.example"] * 51}, ["recipients"]),
        ({"recipients": [{"a": 1}]}, ["recipients"]),
        ({"zone": "UTC"}, ["zone"]),
        ({"time": "25:00", "formats": []}, ["time", "formats"]),
    ],
)
def test_a_wrong_schedule_changes_nothing_and_names_every_field(client, body, fields):
    answer = put(client, {"enabled": False, **body})
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["extra"]["errors"]] == fields
    assert client.get("/api/reports/schedule").json()["enabled"]


@pytest.mark.parametrize("role", ["supervisor", "engineer"])
def test_only_a_manager_changes_the_schedule(inside, client_as, role):
    client = client_as("sam", chicago=role)
    assert put(client, {"enabled": False}).status_code == 403
    assert post(client, {"from": "2026-11-18", "to": "2026-11-19"}).status_code == 202


def test_a_viewer_reads_and_makes_nothing(inside, client_as, mail):
    issued()
    client = client_as("bob", chicago="viewer")
    assert client.get("/api/reports/latest").status_code == 200
    assert post(client, {"from": "2026-11-18", "to": "2026-11-19"}).status_code == 403


def test_mallory_sees_no_report_of_chicago(client, client_as, lyon):
    report = issued(mails=True)
    mallorys = client_as("mallory", lyon="manager")
    for path in (f"reports/{report.pk}", f"reports/{report.pk}/pdf", "reports/latest"):
        assert mallorys.get(f"/api/{path}").status_code == 404
        assert mallorys.get(f"/api/{path}", HTTP_HOST=CHICAGO).status_code == 404
    assert mallorys.get("/api/reports/").json()["results"] == []
    with tenant_context(lyon):
        assert not ReportFile.objects.exists()
