"""`/api/ml/*`: what is stored, what is missing, who may do what, and what it costs."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from analytics.ml.downtime import silent
from analytics.models import Anomaly, Prediction
from analytics.services.forecast_grading import grade_forecasts
from analytics.services.forecasts import issue_forecasts, train_forecast
from analytics.services.grading import grade_predictions
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, WORN, fill
from production.models import Machine

MOST_QUERIES = 12
DAY = timedelta(days=1)
MONDAY = NOW.replace(hour=6, minute=0)
READS = ("forecast", "forecast?machine_id=M001", "forecast-advanced?days=30", "anomalies", "models",
         "scorecard", "scorecard?task=forecast")  # fmt: skip


@pytest.fixture
def plant(db, at, light, chicago):
    """Two weeks of grades: predicted since the 9th, once a shift, and forecast from the 16th."""
    with tenant_context(chicago):
        fill(machines=2, days=45, habit=WORN)
        at(MONDAY - 14 * DAY)
        train_downtime(as_of=MONDAY - 14 * DAY, tell=silent)
        for hours in (6, 14, 22):
            now = MONDAY - 14 * DAY + timedelta(hours=hours, minutes=5)
            score(now=now, tell=silent)
        train_forecast(as_of=MONDAY - 7 * DAY, lstm_parts=None, tell=silent)
        issue_forecasts(origin=(MONDAY - 7 * DAY).date(), tell=silent)
        at(NOW)
        score(now=NOW, tell=silent)
        grade_predictions(now=NOW)
        grade_forecasts(now=NOW)
    return chicago


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
    assert {one["machine_id"] for one in first["machines"]} == {"M001", "M002"}
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


def test_every_list_of_a_forecast_has_as_many_numbers_as_days(plant, api):
    for days in (1, 7, 30):
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
    assert answer["count"] == len(answer["results"]) == 2 * (4 + 2)
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


def test_the_scorecard_is_read_page_by_page(plant, api):
    for query in ("scorecard?", "scorecard?task=forecast&machine_id=M001&"):
        whole = api(f"{query}limit=1000")["results"]
        read: list[dict] = []
        while len(read) < len(whole):
            page = api(f"{query}limit=17&offset={len(read)}")
            assert page["count"] == len(whole)
            read += page["results"]
        assert read == whole
        assert page["next"] is None


# --- queries -------------------------------------------------------------------------------------


def test_an_answer_needs_at_most_twelve_queries(plant, api):
    for path in READS:
        with CaptureQueriesContext(connection) as queries:
            api(path)
        assert len(queries) <= MOST_QUERIES, (path, [q["sql"][:120] for q in queries])


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
    after = {path: count(path) for path in before}
    assert all(after[path] <= before[path] + 1 for path in before), (before, after)
