"""Which model serves: the first, a better one with its evidence, never a worse one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.errors import InsufficientData
from analytics.ml.downtime import silent
from analytics.models import ModelVersion, Promotion
from analytics.services.registry import champion
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import LASTING, NOW, fill, steady
from production.models import ProductionRecord

TASK = ModelVersion.Task.DOWNTIME
HOUR = timedelta(hours=1)


def train(**before: float):
    return train_downtime(as_of=NOW - timedelta(**before), tell=silent)


def version(number: int) -> ModelVersion:
    return ModelVersion.objects.get(task=TASK, number=number)


def test_the_first_model_of_a_plant_serves_and_tells_what_it_learned_from(inside):
    fill()
    assert train(hours=1).serves
    first = champion(TASK)
    assert (first.number, first.rows) == (1, ProductionRecord.objects.count())
    assert first.as_of == NOW - HOUR
    assert first.data_to <= first.as_of
    assert {"ours", "naive", "best_naive"} <= set(first.metrics)
    assert first.promotions.get().why == "The first model of this plant."
    assert sum(first.weights.values()) == pytest.approx(1)


def test_a_challenger_that_is_no_better_is_refused_and_its_evidence_is_kept(inside):
    fill()
    train(days=14)
    assert not train(hours=1).serves
    assert champion(TASK).number == 1
    second = version(2)
    assert second.status == ModelVersion.Status.CHALLENGER
    assert second.verdict["promote"] is False
    assert "not promoted" in second.verdict["reason"]
    assert "min a shift, p = " in second.verdict["reason"]
    assert not second.promotions.exists()


def test_a_challenger_that_errs_less_on_shifts_that_neither_learned_serves(inside, at):
    fill(days=60, habit=LASTING)
    at(NOW - HOUR)
    train(days=33)
    at(NOW)
    assert train(hours=1).serves
    assert champion(TASK).number == 2
    assert version(1).status == ModelVersion.Status.RETIRED
    verdict = version(2).verdict
    assert verdict["better_by"] > 0.01
    assert verdict["p"] < 0.1
    newest = Promotion.objects.first()
    assert (newest.by, newest.why) == ("AMIS", verdict["reason"])
    assert "better by" in newest.why


def test_two_trainings_within_a_week_cannot_be_told_apart_and_the_first_stays(inside):
    fill()
    train(days=1)
    assert not train(hours=1).serves
    assert "shifts since version 1 was trained" in version(2).verdict["reason"]


def test_training_again_as_of_the_same_instant_finds_the_version_that_is_there(inside):
    fill()
    assert train(hours=1).version == train(hours=1).version
    assert (ModelVersion.objects.count(), Promotion.objects.count()) == (1, 1)


def test_a_figure_that_was_corrected_makes_another_version(inside):
    fill()
    train(hours=1)
    ProductionRecord.objects.filter(pk=ProductionRecord.objects.first().pk).update(units_produced=1)
    train(hours=1)
    assert ModelVersion.objects.count() == 2


def test_what_happens_after_the_instant_of_a_training_changes_nothing_of_it(inside):
    fill()
    first = train(days=7).version
    ModelVersion.objects.all().delete()
    ProductionRecord.objects.filter(shift_end__gt=NOW - timedelta(days=7)).update(adet_s=28_800)
    second = train(days=7).version
    assert second.data_hash == first.data_hash
    assert second.metrics == first.metrics


def test_five_records_are_too_few_and_the_sentences_say_have_and_need(inside):
    fill(machines=1, days=2)
    with pytest.raises(InsufficientData) as refused:
        train()
    assert refused.value.extra["missing"] == [
        "Planned shifts with a known downtime: have 5, need 60.",
        "Of these the typical machine: have 5, need 20.",
    ]
    assert not ModelVersion.objects.exists()


def test_where_the_last_value_is_not_beaten_it_serves_and_api_and_page_say_so(
    db, at, chicago, alice, client_of
):
    with tenant_context(chicago):
        steady()
        trained = train(hours=1).version
        score(now=NOW, tell=silent)
    assert trained.guard == "last_value"
    assert trained.skill_vs_naive <= 0
    browser = client_of(alice, chicago)
    answer = browser.get("/api/ml/forecast").json()
    assert (answer["status"], answer["guard"]) == ("ok", "last_value")
    assert answer["machines"][0]["guard"] == "last_value"
    assert answer["skill_vs_naive"] <= 0
    page = browser.get("/risk/").content.decode()
    assert "the rule “last value” serves" in page
