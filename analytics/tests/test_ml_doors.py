"""`/api/ml/*`: what is refused, and what people of which role may do about models and anomalies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from analytics.models import Anomaly, ModelVersion, Promotion, Run
from analytics.tests.past import NOW
from production.models import Machine
from production.services.jobs import cancel_job

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("forecast?days=0", "days"),
        ("forecast?days=x", "days"),
        ("forecast?days=366", "days"),
        ("forecast-advanced?days=0", "days"),
        ("forecast-advanced?days=31", "days"),
        ("forecast-advanced?days=x", "days"),
        ("forecast-advanced?days=1.5", "days"),
        ("forecast-advanced?metric=foo", "metric"),
        ("anomalies?status=odd", "status"),
        ("anomalies?days=0", "days"),
        ("models?task=foo", "task"),
        ("scorecard?task=anomaly", "task"),
        ("scorecard?days=0", "days"),
        ("scorecard?limit=1001", "limit"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(thin, api, path, field):
    answer = api(path, 400)
    assert answer["code"] == "invalid"
    assert answer["extra"]["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["forecast", "forecast-advanced", "anomalies", "scorecard"])
def test_an_unknown_machine_is_not_found(thin, api, path):
    assert api(f"{path}?machine_id=M404", 404)["code"] == "not_found"


# --- what people do ------------------------------------------------------------------------------


def post(browser, path: str, body=None):
    return browser.post(f"/api/ml/{path}", body or {}, content_type="application/json")


@pytest.fixture
def two(db, at, chicago):
    """A version that served, and the one that serves now."""
    with tenant_context(chicago):
        for number in (1, 2):
            at(NOW + timedelta(seconds=number))
            version = ModelVersion.objects.create(
                task="downtime", number=number, as_of=NOW + number * DAY, code_hash="c",
                data_hash="d", status="champion" if number == 2 else "retired",
            )  # fmt: skip
            Promotion.objects.create(
                version=version, at=NOW + timedelta(seconds=number), by="AMIS", why="Better."
            )
    at(NOW + timedelta(minutes=1))
    return chicago


def test_a_manager_rolls_back_and_the_list_says_who_did_and_why(two, api):
    answer = post(api.browser, "rollback", {"task": "downtime"})
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["status"]) == ("1", "champion")
    assert answer.json()["promoted_by"] == "alice"
    assert answer.json()["promoted_why"] == "Rolled back from version 2."
    states = {v["version"]: v["status"] for v in api("models?task=downtime")["results"]}
    assert states == {"1": "champion", "2": "retired"}


def test_a_manager_lets_another_version_serve_by_name(two, api):
    with tenant_context(two):
        first = ModelVersion.objects.get(number=1)
    assert post(api.browser, f"models/{first.pk}/promote").json()["promoted_why"] == (
        "Chosen by alice."
    )
    assert post(api.browser, f"models/{first.pk}/promote").status_code == 409
    assert post(api.browser, "models/999/promote").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "operator", "supervisor", "engineer"])
def test_rolling_back_and_promoting_need_a_manager(two, person, client_of, role):
    browser = client_of(person("dora", chicago=role), two)
    with tenant_context(two):
        first = ModelVersion.objects.get(number=1)
    for path in ("rollback", f"models/{first.pk}/promote"):
        answer = post(browser, path, {"task": "downtime"})
        assert answer.status_code == 403
        assert answer.json()["extra"]["needed"] == "manager"
    with tenant_context(two):
        assert ModelVersion.objects.get(status="champion").number == 2


def test_with_nothing_to_go_back_to_a_roll_back_is_a_conflict(thin, api):
    answer = post(api.browser, "rollback", {"task": "downtime"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("body", [{}, {"task": "foo"}, {"task": 1}, [1], {"task": ["downtime"]}])
@pytest.mark.parametrize("path", ["train", "rollback"])
def test_a_task_that_there_is_not_is_refused_by_name(thin, api, path, body):
    answer = api.browser.post(f"/api/ml/{path}", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["extra"]["errors"][0]["field"] == "task"


def test_a_supervisor_asks_for_a_training_once_at_a_time(thin, person, client_of):
    browser = client_of(person("sam", chicago="supervisor"), thin)
    answer = post(browser, "train", {"task": "downtime"})
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], job["state"]) == ("train_downtime", "queued")
    assert answer["Location"] == f"/api/jobs/{job['id']}"
    assert browser.get(answer["Location"]).json() == job
    assert post(browser, "train", {"task": "downtime"}).status_code == 409
    assert post(browser, "train", {"task": "forecast"}).status_code == 202
    with tenant_context(thin):
        run = Run.objects.get(kind="train_downtime")
        assert (str(run.job_id), run.due_at) == (job["id"], NOW.replace(minute=0))
        cancel_job(job_id=run.job_id)
    viewer = client_of(person("vera", chicago="viewer"), thin)
    assert post(viewer, "train", {"task": "anomaly"}).status_code == 403


def test_a_training_can_be_asked_for_again_after_its_job_was_cancelled(thin, api):
    job = post(api.browser, "train", {"task": "downtime"}).json()
    assert api.browser.post(f"/api/jobs/{job['id']}/cancel").status_code == 200
    assert post(api.browser, "train", {"task": "downtime"}).status_code == 202


def test_an_operator_confirms_and_dismisses_an_anomaly_and_a_viewer_does_not(
    thin, person, client_of
):
    with tenant_context(thin):
        event = Anomaly.objects.create(machine=Machine.objects.get(), grain="signal", end=NOW,
                                       start=NOW - DAY, score=0.9, sentence="odd")  # fmt: skip
    path = f"anomalies/{event.pk}"
    assert post(client_of(person("vera", chicago="viewer"), thin),
                f"{path}/confirm").status_code == 403  # fmt: skip
    browser = client_of(person("otto", chicago="operator"), thin)
    for verdict, status in (("confirm", "confirmed"), ("dismiss", "dismissed"), ("reopen", "open")):
        said = post(browser, f"{path}/{verdict}").json()
        assert (said["status"], said["decided_by"]) == (status, "otto")
    assert post(browser, f"{path}/forget").status_code == 404
    assert post(browser, "anomalies/0/confirm").status_code == 404
    listed = browser.get("/api/ml/anomalies?status=open").json()["results"]
    assert [one["id"] for one in listed] == [event.pk]
