"""What is said of the running and the next shift: once, by whoever served, as of an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.ml.downtime import silent
from analytics.models import ModelVersion, Prediction
from analytics.services.registry import promote
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, fill
from production.models import Stop

HOUR = NOW.replace(minute=0)
RUNNING = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEXT = datetime(2026, 11, 23, 20, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 6, tzinfo=UTC)
NUMBERS = ("median_min", "expected_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30",
           "confidence")  # fmt: skip


@pytest.fixture
def trained(inside):
    """Trained as of the night before, and serving since."""
    fill()
    return train_downtime(as_of=MIDNIGHT, tell=silent).version


def test_each_machine_and_the_plant_are_told_of_the_running_and_of_the_next_shift(trained):
    assert score(now=NOW, tell=silent) == 8
    said = set(Prediction.objects.values_list("machine__machine_id", "shift_start", "as_of"))
    assert said == {
        (name, start, as_of)
        for name in ("M001", "M002", "M003", None)
        for start, as_of in ((RUNNING, RUNNING), (NEXT, HOUR))
    }
    for row in Prediction.objects.all():
        assert row.version == trained
        assert 0 <= row.lo95 <= row.lo80 <= row.median_min <= row.hi80 <= row.hi95
        assert row.hi95 <= row.planned_min
        assert 0 <= row.confidence <= 1


def test_scoring_again_says_nothing_new_and_changes_nothing(trained):
    score(now=NOW, tell=silent)
    before = list(Prediction.objects.order_by("pk").values())
    assert score(now=NOW + timedelta(minutes=20), tell=silent) == 0
    assert list(Prediction.objects.order_by("pk").values()) == before


def test_each_hour_says_the_next_shift_anew_and_the_running_one_only_once(trained):
    score(now=NOW, tell=silent)
    assert score(now=NOW + timedelta(hours=1), tell=silent) == 4
    assert Prediction.objects.filter(shift_start=RUNNING).count() == 4


def test_the_plants_expected_minutes_are_the_sum_and_its_draws_are_the_same_each_time(trained):
    score(now=NOW, tell=silent)
    rows = Prediction.objects.filter(shift_start=NEXT)
    plant, machines = rows.get(machine=None), rows.exclude(machine=None)
    assert plant.expected_min == pytest.approx(sum(one.expected_min for one in machines))
    assert plant.planned_min == 3 * 480
    first = [getattr(plant, name) for name in NUMBERS]
    Prediction.objects.all().delete()
    np.random.seed(1)
    score(now=NOW, tell=silent)
    again = Prediction.objects.get(shift_start=NEXT, machine=None)
    assert [getattr(again, name) for name in NUMBERS] == first


def test_a_machine_that_is_down_is_critical_by_rule(trained):
    machine = Prediction.machine.field.related_model.objects.get(machine_id="M002")
    Stop.objects.create(machine=machine, start=NOW - timedelta(hours=1), end=None, state="Aborted")
    score(now=NOW, tell=silent)
    rows = {row.machine_id: row for row in Prediction.objects.filter(shift_start=NEXT)}
    assert (rows[machine.pk].down_now, rows[machine.pk].risk) == (True, "critical")
    assert (rows[None].down_now, rows[None].risk) == (True, "critical")


def test_no_version_speaks_as_of_an_instant_before_what_it_knows(inside):
    """A model trained in the middle of a shift has seen the shift's beginning."""
    fill()
    train_downtime(as_of=HOUR, tell=silent)
    assert score(now=NOW, tell=silent) == 4
    assert set(Prediction.objects.values_list("shift_start", flat=True)) == {NEXT}


def test_a_promotion_in_the_middle_of_a_shift_leaves_what_was_said_of_it(trained, at):
    score(now=NOW, tell=silent)
    second = train_downtime(as_of=HOUR, tell=silent).version
    at(NOW + timedelta(minutes=5))
    promote(second, by="alice", why="Chosen by alice.", verdict={})
    later = NOW + timedelta(hours=1)
    assert score(now=later, tell=silent) == 4
    assert not Prediction.objects.filter(shift_start=RUNNING, version=second).exists()
    newest = Prediction.objects.filter(shift_start=NEXT, as_of=HOUR + timedelta(hours=1))
    assert {row.version for row in newest} == {second}


def test_a_refused_challenger_speaks_in_the_shadow_of_the_one_that_serves(inside):
    fill()
    train_downtime(as_of=MIDNIGHT - timedelta(days=14), tell=silent)
    second = train_downtime(as_of=MIDNIGHT, tell=silent).version
    assert score(now=NOW, tell=silent) == 16
    assert set(Prediction.objects.filter(is_shadow=True).values_list("version", flat=True)) == {
        second.pk
    }
    assert ModelVersion.objects.get(number=2).status == "challenger"
