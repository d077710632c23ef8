"""The pages of prediction: every number is the API's, what is missing is said word for word."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from analytics.selectors.outlook_shapes import Insufficient
from analytics.tests import forecast_outlooks, outlooks
from production.models import Job
from production.tests.factories import make_machine

MOST_QUERIES = 12
SENTENCES = ["M001 has 14 ended shifts & needs 21.", 'The plant has 9 days of "history", needs 14.']
ANSWERS = {
    "risk_outlook": lambda now: outlooks.risk_outlook(),
    "forecast_outlook": lambda **asked: forecast_outlooks.forecast_outlook(days=asked["days"]),
    "anomaly_list": lambda **asked: outlooks.anomaly_list(),
    "model_versions": lambda task: outlooks.versions(task),
}
PAGES = {
    "/risk/": ("risk", "risk_outlook"),
    "/forecast/": ("forecast", "forecast_outlook"),
    "/anomalies/": ("anomalies", "anomaly_list"),
    "/models/": ("models", "model_versions"),
}


@pytest.fixture
def told(monkeypatch):
    """Sets what a page's selector answers; without an answer, three machines' outlook."""

    def tell(path: str, answer=None) -> None:
        module, name = PAGES[path]
        said = ANSWERS[name] if answer is None else lambda *_, **__: answer
        monkeypatch.setattr(importlib.import_module(f"analytics.views.{module}"), name, said)

    return tell


@pytest.fixture
def browser(db, alice, chicago, client_of):
    return client_of(alice, chicago)


def page_of(browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stays_within_its_queries_and_works_with_and_without_a_slash(browser, told, path):
    told(path)
    browser.get("/settings/")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    assert len(queries) <= MOST_QUERIES
    assert browser.get(path.rstrip("/")).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_strangers_and_people_of_other_plants_are_sent_away(browser, mallory, chicago, client_of,
                                                            path):  # fmt: skip
    assert client_of(mallory, chicago).get(path).status_code == 404
    anonymous = Client(HTTP_HOST=browser.defaults["HTTP_HOST"]).get(path)
    assert anonymous["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", ["/risk/", "/forecast/", "/anomalies/"])
def test_what_is_missing_is_said_word_for_word_and_no_chart_is_drawn(browser, told, path):
    ready = datetime(2026, 11, 30, 4, 30, tzinfo=UTC)
    told(path, Insufficient(missing=SENTENCES, ready_at=ready))
    page = page_of(browser, path)
    assert "M001 has 14 ended shifts &amp; needs 21." in page
    assert "The plant has 9 days of &quot;history&quot;, needs 14." in page
    assert "Sun 29 Nov, 22:30 CST" in page
    assert "<figure" not in page
    assert 'class="fig' not in page
    assert "data-value" not in page
    assert page.count("btn-main") == 1


@pytest.mark.parametrize("path", ["/risk/", "/forecast/"])
def test_a_page_without_a_date_promises_none(browser, told, path):
    told(path, Insufficient(missing=SENTENCES))
    assert "There may be enough on" not in page_of(browser, path)


def test_a_training_is_offered_only_where_it_can_help(browser, told):
    told("/risk/", Insufficient(missing=SENTENCES))
    page = page_of(browser, "/risk/")
    assert "Train now" not in page
    assert "60 shifts, 20 of a typical machine" in page
    told("/risk/", Insufficient(missing=SENTENCES, is_enough=True))
    page = page_of(browser, "/risk/")
    assert "Train now" in page
    assert "import_stops" not in page


def test_of_many_machines_those_with_less_risk_are_folded_and_none_is_left_out(browser, told):
    many = [outlooks.machine_risk(f"M{n:03}", risk="low" if n > 30 else "high") for n in range(60)]
    told("/risk/", outlooks.risk_outlook(machines=many))
    page = page_of(browser, "/risk/")
    unfolded, folded = page.split('<details class="folded">')
    assert unfolded.count("<tr data-machine-id=") == 20
    assert folded.count("<tr data-machine-id=") == 40
    assert "Show the other 40 machines, 11 High, 29 Low" in page


def test_a_machines_row_carries_the_apis_unrounded_numbers_and_reads_them_rounded(browser, told):
    told("/risk/")
    page = page_of(browser, "/risk/")
    row = re.search(r'<tr data-machine-id="M002".*?</tr>', page, re.S)[0]
    cells = dict(re.findall(r'data-metric="(\w+)" data-value="([^"]*)"', row))
    one = outlooks.FILLER
    names = ("median_min", "expected_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30",
             "confidence")  # fmt: skip
    assert {name: float(cells[name]) for name in names} == {n: getattr(one, n) for n in names}
    assert cells["p_downtime_30"] == "0.6420000000000001"
    assert cells["risk"] == "critical"
    read = dict(re.findall(r'data-metric="(\w+)" data-value="[^"]*">([^<]*)<', row))
    assert read == {
        "risk": "Critical", "p_downtime_30": "64.2\u00a0%", "confidence": "58.0\u00a0%",
        "median_min": "46", "expected_min": "58", "lo80": "18", "hi80": "104", "lo95": "6",
        "hi95": "171",
    }  # fmt: skip


def test_the_machines_stand_in_the_order_of_the_outlook(browser, told):
    told("/risk/")
    page = page_of(browser, "/risk/")
    assert re.findall(r'<tr data-machine-id="(M\d+)"', page) == ["M002", "M001", "M003"]
    assert "3 open" in page


def test_a_rule_is_told_from_a_chance_and_a_naive_answer_is_named(browser, told):
    by_rule = outlooks.machine_risk(risk="critical", down_now=True, served="last value")
    told("/risk/", outlooks.risk_outlook(machines=[by_rule]))
    page = page_of(browser, "/risk/")
    assert "critical by rule: it is down now" in page
    assert "the rule “last value” serves" in page


def test_the_shift_and_the_scoring_are_told_in_plant_time(browser, told):
    told("/risk/")
    page = re.sub(r"<[^>]+>", "", page_of(browser, "/risk/"))
    assert "Downtime in the Late shift, Thu 19 Nov 14:00–22:00" in page
    assert "scored Thu 19 Nov, 11:42 CST" in page
    assert (
        "Low &lt; 5\u00a0%, Medium &lt; 20\u00a0%, High &lt; 50\u00a0%, Critical ≥ 50\u00a0%"
        in page
    )


def test_a_day_of_the_forecast_is_a_row_with_the_apis_numbers(browser, told):
    told("/forecast/")
    page = page_of(browser, "/forecast/?days=7")
    rows = re.findall(r'<tr data-date="([\d-]+)">(.*?)</tr>', page, re.S)
    found = forecast_outlooks.forecast_outlook(days=7)
    assert [day for day, _ in rows] == [day.isoformat() for day in found.dates]
    cells = re.findall(r'data-metric="(\w+)" data-value="([^"]*)">([^<]*)<', rows[2][1])
    levels = dict(
        zip(("lo95", "lo80", "median", "hi80", "hi95"), sorted(found.quantiles), strict=True)
    )
    assert {name for name, *_ in cells} == set(levels)
    for name, value, read in cells:
        assert float(value) == found.quantiles[levels[name]][2]
        assert read == f"{found.quantiles[levels[name]][2]:,.0f}"


def test_a_ratio_is_read_in_per_cent_and_a_closed_day_has_none(browser, told):
    told("/forecast/", forecast_outlooks.ratio_outlook())
    page = page_of(browser, "/forecast/?metric=defect_rate")
    rows = dict(re.findall(r'<tr data-date="([\d-]+)">(.*?)</tr>', page, re.S))
    assert re.search(
        r'data-metric="median" data-value="0\.02\d+">2\.\d\u00a0%<', rows["2026-11-19"]
    )
    assert "closed" in rows["2026-11-26"]
    assert 'data-metric="median" data-value="">–<' in rows["2026-11-26"]


@pytest.mark.parametrize(
    "query", ["days=31", "days=0", "days=x", "machine_id=M404", "days=²", "metric=mood"]
)
def test_what_cannot_be_asked_of_the_forecast_is_not_found(browser, told, query):
    told("/forecast/")
    assert browser.get(f"/forecast/?{query}").status_code == 404


def test_the_forecast_asks_for_what_the_address_says(browser, chicago, monkeypatch):
    asked = {}

    def answer(**named):
        asked.update(named)
        return forecast_outlooks.forecast_outlook(days=named["days"])

    monkeypatch.setattr(
        importlib.import_module("analytics.views.forecast"), "forecast_outlook", answer
    )
    with tenant_context(chicago):
        make_machine("M002")
    page = page_of(browser, "/forecast/?metric=oee&machine_id=M002&days=14")
    assert (asked["metric"], asked["machine_id"], asked["days"]) == ("oee", "M002", 14)
    assert '<option value="M002" selected>' in page


def test_the_forecast_shows_its_yardstick_and_coverage_out_of_band(browser, told):
    told("/forecast/")
    page = page_of(browser, "/forecast/")
    members = re.findall(r"<tr[^>]*><td>([^<]*).*?</tr>", re.search(
        r'<table class="members">.*?</table>', page, re.S)[0], re.S)  # fmt: skip
    assert members[0] == "Combined"
    assert members[-1].strip() == "Seasonal naive 7"
    assert page.count('<td class="num"><span class="off">') == 3  # 91, 86 and 90 of 95
    assert "W42: naive was better" in page


def test_an_anomaly_can_be_judged_by_those_who_may(browser, told, bob, chicago, client_of):
    told("/anomalies/")
    page = page_of(browser, "/anomalies/")
    assert 'action="/api/ml/anomalies/1/confirm"' in page
    assert 'action="/api/ml/anomalies/1/dismiss"' in page
    assert 'action="/api/ml/anomalies/2/confirm"' not in page  # it is confirmed already
    assert "Vibration 6.1 mm/s, usually 1.2–2.3" in page
    assert "/api/ml/anomalies/" not in page_of(client_of(bob, chicago), "/anomalies/")


def test_flagged_points_are_drawn_and_listed(browser, told):
    told("/anomalies/")
    page = page_of(browser, "/anomalies/")
    assert page.count('class="flag"') == 4
    assert "Filler 2: 4 points were flagged." in page
    assert "Assembly 1: nothing was flagged." in page


@pytest.mark.parametrize("query", ["days=8", "status=odd", "machine_id=M404"])
def test_what_cannot_be_asked_of_anomalies_is_not_found(browser, told, query):
    told("/anomalies/")
    assert browser.get(f"/anomalies/?{query}").status_code == 404


def test_a_manager_rolls_back_and_a_viewer_cannot(browser, told, bob, chicago, client_of):
    told("/models/")
    page = page_of(browser, "/models/?task=forecast")
    assert page.count("/promote") == 2  # not the one that serves
    assert "Roll back to it" in page
    assert "/promote" not in page_of(client_of(bob, chicago), "/models/?task=forecast")
    assert browser.get("/models/?task=weather").status_code == 404


def test_a_running_training_is_shown_with_its_step_and_can_be_cancelled(browser, told, chicago):
    told("/forecast/")
    with tenant_context(chicago):
        job = Job.objects.create(kind="train_forecast", state="running", percent=62.4,
                                 step="backtest origin 4 of 5", eta_s=100)  # fmt: skip
    page = page_of(browser, "/forecast/")
    assert f'data-job="{job.pk}" data-state="running"' in page
    assert '<progress max="100" value="62"' in page
    assert "backtest origin 4 of 5" in page
    assert f'action="/api/jobs/{job.pk}/cancel"' in page


def test_a_training_that_was_cancelled_leaves_what_served_and_one_that_will_be_says_so(
    browser, told, chicago
):
    told("/risk/")
    with tenant_context(chicago):
        job = Job.objects.create(kind="train_downtime", state="running", cancel_requested=True)
    page = page_of(browser, "/risk/")
    assert "It ends at its next step." in page
    assert "/cancel" not in page
    with tenant_context(chicago):
        Job.objects.filter(pk=job.pk).update(state="cancelled", finished_at=clock.now())
    assert "The models that served before go on serving." in page_of(browser, "/risk/")


def test_a_failed_training_says_why_and_offers_to_try_again(browser, told, chicago):
    told("/risk/")
    with tenant_context(chicago):
        Job.objects.create(kind="train_downtime", state="failed", finished_at=clock.now(),
                           message="The worker has 1 GB, training needs 2.")  # fmt: skip
    page = page_of(browser, "/risk/")
    assert "The worker has 1 GB, training needs 2." in page
    assert "Retry" in page


def test_how_a_training_ended_is_not_told_for_ever(browser, told, chicago):
    told("/risk/")
    with tenant_context(chicago):
        Job.objects.create(kind="train_downtime", state="done", message="Version 14 serves.",
                           finished_at=clock.now() - timedelta(hours=2))  # fmt: skip
    assert "Version 14 serves." not in page_of(browser, "/risk/")


def test_a_page_tells_only_of_the_training_of_its_own_models(browser, told, chicago):
    for path in PAGES:
        told(path)
    with tenant_context(chicago):
        Job.objects.create(kind="train_forecast", state="done", finished_at=clock.now())
    assert "Training: the days to come" in page_of(browser, "/forecast/")
    assert "data-job" not in page_of(browser, "/risk/")
    assert "data-job" not in page_of(browser, "/anomalies/")
    assert "data-job" not in page_of(browser, "/models/?task=downtime")


@pytest.mark.parametrize("path", PAGES)
def test_only_those_who_may_run_jobs_can_train(browser, told, bob, chicago, client_of, path):
    told(path)
    assert 'action="/api/ml/train"' in page_of(browser, path)
    assert 'action="/api/ml/train"' not in page_of(client_of(bob, chicago), path)


def test_every_figure_has_a_sentence_and_a_table(browser, told):
    for path in ("/risk/", "/forecast/"):
        told(path)
        for figure in re.findall(r"<figure.*?</figure>", page_of(browser, path), re.S):
            assert '<p class="lead">' in figure, path
            assert "<table" in figure, path


def test_the_cursor_has_a_sentence_for_every_day_of_the_chart(browser, told):
    told("/forecast/")
    said = browser.get("/forecast/").context["said_days"]
    found = forecast_outlooks.forecast_outlook()
    assert len(said) == 28 + 30
    assert [n for n, day in enumerate(said) if day["first"]] == [28]
    median = found.quantiles["0.5"][0]
    assert said[28]["said"].startswith(f"Thu 19 Nov: {median:,.0f}\u00a0min predicted, 80\u00a0% ")
    assert said[35]["said"] == "Thu 26 Nov: closed"
    assert said[27]["said"].endswith("measured")
