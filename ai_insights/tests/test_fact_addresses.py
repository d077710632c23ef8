"""Every fact's address answers a viewer, and the answer holds the fact's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from ai_insights.grounding.fact import Fact
from ai_insights.selectors.facts import build_facts
from ai_insights.tests.fact_plants import NOW, WINDOW, whole_plant
from production.models import Machine

Answer = dict[str, Any]
PER_CENT = 100


def _ratio(name: str) -> Callable[[Answer, Fact], float]:
    return lambda answer, fact: answer[name] * PER_CENT


def _plain(name: str) -> Callable[[Answer, Fact], float]:
    return lambda answer, fact: answer[name]


def _lost(answer: Answer, fact: Fact) -> float:
    return answer["pbt_min"] * (1 - answer["oee"])


def _target(answer: Answer, fact: Fact) -> float:
    metric = {"unassigned": "unassigned_share"}.get(name := fact.key.removesuffix("_target"), name)
    (row,) = [row for row in answer["results"] if row["metric"] == metric]
    return row["value"] * PER_CENT


def _minutes(answer: Answer, fact: Fact) -> float:
    return sum(row["minutes"] for row in answer["results"])


def _count(answer: Answer, fact: Fact) -> float:
    return answer["count"]


def _longest(answer: Answer, fact: Fact) -> float:
    return max(row["minutes"] for row in answer["results"])


def _of_machine(name: str) -> Callable[[Answer, Fact], float]:
    def number(answer: Answer, fact: Fact) -> float:
        (row,) = [row for row in answer["machines"] if row["machine_id"] == fact.machine_id]
        return row[name]

    return number


def _day(answer: Answer, fact: Fact) -> float:
    return answer["quantiles"]["0.5"][NTH[fact.label]]


NTH = {f"Downtime forecast, {day}": n for n, day in enumerate((
    "Thu 19 Nov", "Fri 20 Nov", "Sat 21 Nov", "Sun 22 Nov", "Mon 23 Nov", "Tue 24 Nov",
    "Wed 25 Nov"))}  # fmt: skip
CHECKED: dict[str, Callable[[Answer, Fact], float]] = {
    **{name: _ratio(name) for name in ("oee", "availability", "effectiveness", "quality_ratio",
                                       "defect_rate")},
    **{f"{name}_before": _ratio(name) for name in ("oee", "availability", "effectiveness",
                                                   "quality_ratio")},
    "good_units": _plain("good_units"), "good_before": _plain("good_units"),
    "scrap_units": _plain("defective_units"), "scrap_before": _plain("defective_units"),
    "downtime_min": _plain("downtime_min"), "downtime_before": _plain("downtime_min"),
    "no_data_min": _plain("no_data_min"), "completeness": _ratio("data_coverage"),
    "lost_min": _lost, "oee_target": _target, "availability_target": _target,
    "unassigned_target": _target, "stop_reason": _minutes, "stop_reason_count": _count,
    "changeover_min": _minutes, "changeover_count": _count, "unassigned_min": _minutes,
    "longest_stop": _longest, "open_anomalies": _count, "counter_resets": _count,
    "forecast_day": _day, "anomaly": lambda answer, fact: answer["results"][0]["score"] * 100,
    "risk_expected": _of_machine("expected_min"),
    "risk_chance": lambda answer, fact: _of_machine("p_downtime_30")(answer, fact) * 100,
    "risk_confidence": lambda answer, fact: (
        _of_machine("model_confidence_score")(answer, fact) * 100),
    "risk_low": lambda answer, fact: _of_machine("interval_80")(answer, fact)[0],
    "risk_high": lambda answer, fact: _of_machine("interval_80")(answer, fact)[1],
    "risk_skill": _ratio("skill_vs_naive"),
    "minute_cost_low": lambda answer, fact: min(r["minute_low"] for r in answer["results"]),
    "minute_cost_high": lambda answer, fact: max(r["minute_high"] for r in answer["results"]),
    "scrap_cost_high": lambda answer, fact: max(r["scrap_high"] for r in answer["results"]),
}  # fmt: skip


@pytest.fixture
def fetch(db, bob, chicago, client_of, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    browser = client_of(bob, chicago)

    def get(url: str) -> Answer:
        answer = browser.get(url)
        assert answer.status_code == 200, (url, answer.content)
        return answer.json()

    return get


def test_every_address_answers_a_viewer_and_holds_the_number(fetch, chicago):
    with tenant_context(chicago):
        whole_plant()
        found = build_facts(WINDOW, now=NOW)
    answers = {url: fetch(url) for url in {fact.url for fact in found}}
    assert {fact.key for fact in found} >= set(CHECKED)
    for fact in found:
        if number := CHECKED.get(fact.key):
            assert number(answers[fact.url], fact) == pytest.approx(fact.value), fact


@pytest.mark.parametrize("name", ["M/0 1&x=2", "Ünïté#1%20"])
def test_an_odd_machine_id_still_leads_to_its_machine(fetch, chicago, name):
    with tenant_context(chicago):
        filler, _ = whole_plant()
        Machine.objects.filter(pk=filler.pk).update(machine_id=name)
        fact = build_facts(WINDOW, now=NOW).one("lost_min", name)
    answer = fetch(fact.url)
    assert answer["machine_id"] == name
    assert answer["pbt_min"] * (1 - answer["oee"]) == pytest.approx(fact.value)


def test_addresses_of_a_plant_without_data_answer_too(fetch, chicago):
    with tenant_context(chicago):
        found = build_facts(WINDOW, now=NOW)
    for fact in found:
        fetch(fact.url)
