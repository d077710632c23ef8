"""`/api/ml/*`: what is stored, what is missing, who may do what, and what it costs."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from analytics.ml.downtime import silent
from analytics.models import Anomaly, ModelVersion, Prediction, Promotion, Run
from analytics.services.forecast_grading import grade_forecasts
from analytics.services.forecasts import issue_forecasts, train_forecast
from analytics.services.grading import grade_predictions
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, fill
from production.models import Machine
from production.services.jobs import cancel_job

MOST_QUERIES = 12
DAY = timedelta(days=1)
MONDAY = NOW.replace(hour=6, minute=0)
READS = ("forecast", "forecast?machine_id=M001", "forecast-advanced?days=30", "anomalies", "models",
         "scorecard", "scorecard?task=forecast")  # fmt: skip


@pytest.fixture
def plant(db, at, light, chicago):
    """Two weeks of grades: predicted since the 9th, once a shift, and forecast from the 16th."""
    with tenant_context(chicago):
        fill(days=45)
        at(MONDAY - 14 * DAY)
        train_downtime(as_of=MONDAY - 14 * DAY, tell=silent)
        for hours in range(6, 48, 8):
            now = MONDAY - 14 * DAY + timedelta(hours=hours, minutes=5)
            score(now=now, tell=silent)
        train_forecast(as_of=MONDAY - 7 * DAY, lstm_parts=None, tell=silent)
        issue_forecasts(origin=(MONDAY - 7 * DAY).date(), keys=None, tell=silent)
        at(NOW)
        score(now=NOW, tell=silent)
        grade_predictions(now=NOW)
        grade_forecasts(now=NOW)
    return chicago


@pytest.fixture
def thin(db, at, chicago):
    """A machine with five records."""
    with tenant_context(chicago):
        fill(machines=1, days=2)
    return chicago


@pytest.fixture
def api(db, at, chicago, alice, client_of):
    browser = client_of(alice, chicago)

    def get(path: str, status: int = 200):
        answer = browser.get(f"/api/ml/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    get.browser = browser
    return get


# --- too little ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["forecast", "forecast?machine_id=M001"])
def test_five_records_are_insufficient_at_once_with_have_and_need_and_a_time(thin, api, path):
    answer = api(path)
    assert answer["status"] == "insufficient"
    assert "have 5, need 60" in answer["missing"][0]
    assert answer["ready_at"] is not None
    assert answer["median_min"] is answer["interval_80"] is answer["guard"] is None


def test_a_forecast_of_five_records_is_insufficient_in_the_same_way(thin, api):
    answer = api("forecast-advanced?days=5")
    assert answer["status"] == "insufficient"
    assert answer["missing"] == ["Days with records: have 2, need 14."]
    # 00:00 of the fourteenth day
    assert answer["ready_at"] == "2026-12-05T06:00:00Z"
    assert answer["ensemble_forecast"] is answer["dates"] is None
    assert answer["quantiles"] == dict.fromkeys(("0.025", "0.1", "0.5", "0.9", "0.975"))


@pytest.mark.parametrize(
    ("page", "path"), [("/risk/", "forecast"), ("/forecast/", "forecast-advanced")]
)
def test_the_page_says_the_apis_sentences_word_for_word_and_draws_nothing(thin, api, page, path):
    shown = html.unescape(api.browser.get(page).content.decode())
    answer = api(path)
    for sentence in answer["missing"]:
        assert f"<li>{sentence}</li>" in shown
    assert "<figure" not in shown
    assert "data-value" not in shown


def test_when_there_is_enough_and_nothing_is_trained_it_is_said_what_is_awaited(db, chicago, api):
    with tenant_context(chicago):
        fill(days=30)
    for path in ("forecast", "forecast-advanced"):
        answer = api(path)
        assert answer["status"] == "insufficient"
        assert "have 0 models, need 1" in answer["missing"][0]


# --- what was said -------------------------------------------------------------------------------


def test_the_same_question_gets_the_same_answer_and_names_the_stored_row(plant, api):
    first, second = api("forecast"), api("forecast")
    assert first == second
    with tenant_context(plant):
        row = Prediction.objects.filter(machine=None).order_by("shift_start").last()
        assert first["median_min"] == first["predicted_downtime_next_shift"] == row.median_min
        assert first["model_version"] == str(row.version.number)
        assert first["interval_95"] == [row.lo95, row.hi95]
        assert first["shift"]["start"] == "2026-11-23T20:00:00Z"
    assert first["expected_min"] == pytest.approx(
        sum(one["expected_min"] for one in first["machines"])
    )
    assert {one["machine_id"] for one in first["machines"]} == {"M001", "M002", "M003"}
    keys = set(first) - {"machines"}
    for one in first["machines"]:
        assert set(one) == keys | {"machine_id", "machine_name", "p_downtime_30"}
    assert sum(first["feature_importance"].values()) == pytest.approx(1)


def test_one_machines_answer_is_its_own(plant, api):
    whole = {one["machine_id"]: one for one in api("forecast")["machines"]}
    alone = api("forecast?machine_id=M002")
    assert "machines" not in alone
    assert alone["median_min"] == whole["M002"]["median_min"]
    assert alone["expected_min"] == whole["M002"]["expected_min"]


@pytest.mark.parametrize("days", [1, 7, 30])
def test_every_list_of_a_forecast_has_as_many_numbers_as_days(plant, api, days):
    answer = api(f"forecast-advanced?days={days}&metric=downtime_min")
    assert answer["forecast_periods"] == len(answer["dates"]) == days
    assert answer["ensemble_forecast"] == answer["quantiles"]["0.5"]
    assert {len(line) for line in answer["quantiles"].values()} == {days}
    assert answer["dates"][0] == "2026-11-16"
    assert answer["lstm_forecast"] is answer["prophet_forecast"] is None
    assert not answer["model_info"]["lstm_trained"]
    assert sum(answer["weights"].values()) == pytest.approx(1)
    assert set(answer["backtest"]) == {"wis", "wis_seasonal_naive", "coverage_80", "coverage_95",
                                       "origins"}  # fmt: skip


# --- what came -----------------------------------------------------------------------------------

SCORE = {
    "as_of", "machine_id", "shift_start", "shift_end", "median_min", "expected_min", "lo80", "hi80",
    "lo95", "hi95", "p_downtime_30", "confidence", "risk", "served", "model_version", "origin",
    "actual_min", "naive_min",
}  # fmt: skip


def test_the_scorecard_shows_what_came_and_nothing_of_what_is_not_known(plant, api):
    answer = api("scorecard?limit=1000")
    assert answer["count"] == len(answer["results"]) > 12
    assert all(set(row) == SCORE for row in answer["results"])
    for row in answer["results"]:
        is_over = row["shift_end"] <= "2026-11-23T15:30:00Z"
        assert (row["actual_min"] is not None) is is_over
        assert (row["naive_min"] is not None) is is_over
        assert row["origin"] == "live"
    shifts = [(row["machine_id"], row["shift_start"]) for row in answer["results"]]
    assert len(shifts) == len(set(shifts))


def test_the_scorecard_is_filtered_by_machine_days_and_task(plant, api):
    mine = api("scorecard?machine_id=M002&limit=1000")["results"]
    assert {row["machine_id"] for row in mine} == {"M002"}
    recent = api("scorecard?days=2&limit=1000")["results"]
    assert {row["shift_start"][:10] for row in recent} == {"2026-11-23"}
    days = api("scorecard?task=forecast&machine_id=M002&limit=1000")
    assert {row["machine_id"] for row in days["results"]} == {"M002"}
    assert days["count"] == 4 * 30
    known = [row for row in days["results"] if row["actual_min"] is not None]
    assert {row["date"] for row in known} == {f"2026-11-{day}" for day in range(16, 23)}
    assert api("scorecard?task=forecast&days=3")["count"] == 0


@pytest.mark.parametrize("query", ["scorecard?", "scorecard?task=forecast&"])
def test_the_scorecard_is_read_page_by_page(plant, api, query):
    whole = api(f"{query}limit=1000")["results"]
    read, offset = [], 0
    while True:
        page = api(f"{query}limit=7&offset={offset}")
        read += page["results"]
        offset += 7
        if page["next"] is None:
            break
        assert offset < 1000
        if offset > 70:
            break
    assert read == whole[: len(read)]
    assert len(read) == min(len(whole), offset)


# --- queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READS)
def test_an_answer_needs_at_most_twelve_queries(plant, api, path):
    with CaptureQueriesContext(connection) as queries:
        api(path)
    assert len(queries) <= MOST_QUERIES, [q["sql"][:120] for q in queries]


def test_the_queries_do_not_grow_with_versions_and_rows(plant, api):
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            api(path)
        return len(queries)

    before = {path: count(path) for path in ("models", "scorecard", "anomalies")}
    with tenant_context(plant):
        for days in range(1, 6):
            train_downtime(as_of=MONDAY - days * DAY, tell=silent)
        score(now=NOW + timedelta(hours=1), tell=silent)
        for n, one in enumerate(Machine.objects.all()):
            Anomaly.objects.create(machine=one, grain="signal", start=NOW - n * DAY, end=NOW,
                                   score=0.9, sentence="odd")  # fmt: skip
    assert {path: count(path) for path in before} == before


# --- bad questions -------------------------------------------------------------------------------


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
        event = Anomaly.objects.create(machine=Machine.objects.get(), grain="signal", start=NOW - DAY,
                                       end=NOW, score=0.9, sentence="odd")  # fmt: skip
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
