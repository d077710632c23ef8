"""Versions: trained once, one serves, the way back, and which served when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django_tenants.utils import schema_context

from amis.errors import Conflict, NotFound
from analytics.models import ModelVersion, Promotion
from analytics.selectors.answers import kept
from analytics.services.registry import (
    challenger,
    champion,
    in_force,
    keep_version,
    parts_of,
    promote,
    promote_by_person,
    refuse,
    roll_back,
    speaker,
    version_named,
)

TASK = ModelVersion.Task.DOWNTIME
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plant(committed):
    with schema_context("plant_chicago"):
        yield


def trained(
    week: int = 0, parts: dict[str, bytes] | None = None, *, task: str = TASK
) -> ModelVersion:
    return keep_version(
        task=task,
        as_of=MONDAY + timedelta(weeks=week),
        data_hash="d" * 64,
        parts=parts or {"model.json": b"{}"},
        facts={"rows": 100},
    )


def test_a_training_that_is_repeated_makes_no_second_version():
    assert trained().pk == trained().pk
    assert ModelVersion.objects.count() == 1
    assert [trained(week).number for week in (0, 1, 2)] == [1, 2, 3]


def test_a_version_keeps_its_files_byte_by_byte():
    parts = {"trees.json": bytes(range(256)), "a.skops": b"PK"}
    assert parts_of(trained(parts=parts)) == parts


def test_one_version_serves_and_the_one_before_retires():
    first, second = trained(), trained(1)
    promote(first, by="AMIS", why="The first.", verdict={})
    promote(second, by="AMIS", why="4 % better.", verdict={"p": 0.02})
    first.refresh_from_db()
    assert champion(TASK) == second
    assert first.status == ModelVersion.Status.RETIRED
    assert second.promotions.get().why == "4 % better."


def test_the_database_itself_refuses_a_second_champion():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.filter(pk=trained(1).pk).update(status="champion")


def test_a_refused_challenger_stays_the_only_one_beside_the_champion():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    refuse(trained(1), verdict={"reason": "0.3 % better, p 0.4"})
    refuse(trained(2), verdict={"reason": "worse"})
    found = dict(ModelVersion.objects.values_list("number", "status"))
    assert found == {1: "champion", 2: "retired", 3: "challenger"}
    assert ModelVersion.objects.get(number=2).verdict["reason"] == "0.3 % better, p 0.4"


def test_rolling_back_lets_the_version_serve_that_served_before_and_says_who_wanted_it():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    promote(trained(1), by="AMIS", why="Better.", verdict={})
    roll_back(TASK, by="alice")
    assert champion(TASK).number == 1
    newest = Promotion.objects.first()
    assert (newest.by, newest.why) == ("alice", "Rolled back from version 2.")


def test_there_is_nothing_to_roll_back_to_before_a_second_version_served():
    with pytest.raises(Conflict):
        roll_back(TASK, by="alice")
    promote(trained(), by="AMIS", why="The first.", verdict={})
    with pytest.raises(Conflict):
        roll_back(TASK, by="alice")


def test_which_version_served_at_an_instant_is_known_for_ever():
    before = clock.now()
    promote(trained(), by="AMIS", why="The first.", verdict={})
    between = clock.now()
    promote(trained(1), by="AMIS", why="Better.", verdict={})
    roll_back(TASK, by="alice")
    assert in_force(TASK, before) is None
    assert in_force(TASK, between).number == 1
    assert in_force(TASK, clock.now()).number == 1
    assert [p.version.number for p in Promotion.objects.order_by("at")] == [1, 2, 1]


def test_a_person_may_let_a_challenger_serve():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    second = trained(1)
    promote_by_person(str(second.pk), by="alice")
    assert champion(TASK) == second
    with pytest.raises(Conflict):
        promote_by_person(str(second.pk), by="alice")


@pytest.mark.parametrize("wrong", ["0", "x", "²", "9" * 30, "-1"])
def test_a_version_that_is_not_there_is_not_found(wrong):
    with pytest.raises(NotFound):
        promote_by_person(wrong, by="alice")


def test_what_was_kept_of_the_answers_is_made_anew_when_another_version_serves():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    assert kept("outlook", lambda: "of version 1") == "of version 1"
    assert kept("outlook", lambda: "of version 2") == "of version 1"
    promote(trained(1), by="AMIS", why="Better.", verdict={})
    assert kept("outlook", lambda: "of version 2") == "of version 2"


def test_each_task_has_versions_of_its_own():
    forecast = ModelVersion.Task.FORECAST
    promote(trained(), by="AMIS", why="The first.", verdict={})
    assert champion(forecast) is None
    assert in_force(forecast, clock.now()) is None
    assert speaker(forecast, clock.now()) is None
    promote(trained(task=forecast), by="AMIS", why="The first.", verdict={})
    assert (champion(TASK).task, champion(forecast).task) == (TASK, forecast)
    assert champion(forecast).number == 1
    refuse(trained(1), verdict={})
    refuse(trained(1, task=forecast), verdict={})
    assert (challenger(TASK).task, challenger(forecast).task) == (TASK, forecast)
    assert version_named(forecast, 2).task == forecast
    with pytest.raises(NotFound):
        version_named(forecast, 3)
    with pytest.raises(Conflict):
        roll_back(forecast, by="alice")
    promote(trained(2, task=forecast), by="AMIS", why="Better.", verdict={})
    assert champion(TASK).number == 1
    assert in_force(TASK, clock.now()).task == TASK


def test_training_on_other_data_at_another_instant_or_by_other_maths_makes_a_version(monkeypatch):
    first = trained()
    assert trained(1) != first
    same = {"task": TASK, "as_of": MONDAY, "parts": {}, "facts": {"rows": 100}}
    assert keep_version(data_hash="d" * 64, **same) == first
    assert keep_version(data_hash="e" * 64, **same) != first
    monkeypatch.setattr("analytics.services.registry.code_hash", lambda _: "f" * 64)
    assert keep_version(data_hash="d" * 64, **same) != first
    assert ModelVersion.objects.count() == 4


def test_the_newest_challenger_is_compared_and_keeps_its_verdict_when_it_serves():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    trained(1)
    newest = trained(2)
    assert challenger(TASK) == newest
    refuse(newest, verdict={"p": 0.4})
    promote_by_person(str(newest.pk), by="alice")
    assert champion(TASK).verdict == {"p": 0.4}
    assert newest.promotions.get().why == "Chosen by alice."
    assert challenger(TASK) is None
    trained(3)
    roll_back(TASK, by="alice")
    assert challenger(TASK).number == 4
    assert ModelVersion.objects.get(number=3).status == ModelVersion.Status.RETIRED


def test_as_of_an_instant_only_a_version_speaks_that_knew_nothing_later():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    before = clock.now()
    Promotion.objects.update(at=before + timedelta(hours=1))
    assert speaker(TASK, MONDAY - timedelta(seconds=1)) is None
    assert speaker(TASK, MONDAY).number == 1
    promote(trained(1), by="AMIS", why="Better.", verdict={})
    Promotion.objects.filter(version__number=1).update(at=MONDAY)
    Promotion.objects.filter(version__number=2).update(at=MONDAY + timedelta(hours=2))
    assert speaker(TASK, MONDAY + timedelta(hours=1)).number == 1
    assert speaker(TASK, MONDAY + timedelta(hours=2)).number == 2


def test_lyon_has_versions_of_its_own():
    promote(trained(), by="AMIS", why="The first.", verdict={})
    with schema_context("plant_lyon"):
        assert champion(TASK) is None
        assert trained().number == 1
