"""At the borders: when a model may serve, when it replaces another, and from how many shifts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.best_naive import best_naive
from analytics.ml.challenge import compare
from analytics.ml.guard import guarded, skill
from analytics.ml.regressors import NAIVE
from analytics.ml.sufficiency import is_learnable, lacking, usable_rows
from analytics.tests.plants import EPOCH_US, SHIFT_US, plant

STARTS = EPOCH_US + np.arange(90) * SHIFT_US
TEN = np.full(90, 10.0)


def naive(**losses: float) -> dict[str, float]:
    return {member.name: losses.get(member.name, 50.0) for member in NAIVE}


def test_a_model_serves_only_if_it_errs_less_than_the_best_naive_member():
    assert guarded(9.99, naive(last_value=10.0)).serves == "model"
    assert guarded(10.0, naive(last_value=10.0)).serves == "last_value"
    assert guarded(10.01, naive(last_value=10.0)).serves == "last_value"
    assert guarded(0.0, naive(last_value=0.0)).serves == "last_value"


def test_skill_is_the_share_of_the_naive_error_that_is_gone():
    assert skill(7.5, 10.0) == 0.25
    assert skill(12.5, 10.0) == -0.25
    assert skill(0.25, 0.5) == 0.5
    assert (skill(0.0, 0.0), skill(1.0, 0.0)) == (0, -1)


def test_the_rolling_median_gives_way_to_who_errs_over_five_percent_less():
    assert best_naive(naive(last_value=10.0, rolling_median_63=10.5)) == "rolling_median_63"
    assert best_naive(naive(last_value=10.0, rolling_median_63=10.6)) == "last_value"


@pytest.mark.parametrize(
    ("share", "coverage", "promote"),
    [
        (0.98, None, True),
        (0.98, 0.92, True),
        (0.98, 0.919, False),
        (0.9901, None, False),
        (1.0, None, False),
        (1.02, None, False),
    ],
)
def test_a_challenger_must_be_one_percent_better_and_its_intervals_hold(share, coverage, promote):
    verdict = compare(TEN, TEN * share, start_us=STARTS, coverage_95=coverage)
    assert verdict.promote is promote
    assert verdict.better_by == pytest.approx(1 - share)
    assert ("not promoted" in verdict.reason) is not promote
    assert ("intervals held" in verdict.reason) is (coverage == 0.919)


def test_a_challenger_that_errs_more_is_said_to_be_worse():
    verdict = compare(TEN / 50, TEN / 50 * 1.25, start_us=STARTS)
    assert verdict.reason.startswith("The challenger is worse by 25.0 % (0.25 against 0.20 min")
    assert verdict.p == 1


def test_a_champion_without_an_error_stays():
    verdict = compare(TEN * 0, TEN * 0, start_us=STARTS)
    assert (verdict.better_by, verdict.promote) == (0, False)


@pytest.mark.parametrize(
    ("usable", "sentences", "shifts"),
    [
        ([20, 20, 20], [], 0),
        ([20, 20, 19], ["shifts with a known downtime: have 59, need 60"], 1),
        ([19, 19, 30], ["typical machine: have 19, need 20"], 1),
        ([10], ["have 10, need 60", "have 10, need 20"], 50),
        ([30, 0, 0], ["have 30, need 60"], 30),
        ([10, 10, 10, 10, 10, 10], ["typical machine: have 10, need 20"], 10),
        ([0, 0], ["have 0, need 60", "have 0, need 20"], 30),
        ([], ["have 0, need 60", "have 0, need 20"], 60),
    ],
)
def test_what_a_history_lacks_is_told_with_how_many_more_shifts_a_machine(
    usable, sentences, shifts
):
    found = lacking(usable)
    assert len(found.sentences) == len(sentences)
    for told, words in zip(found.sentences, sentences, strict=True):
        assert words in told
    assert found.shifts == shifts


def test_only_planned_shifts_with_a_known_downtime_count():
    history = plant(1, 4)
    downtime = np.array([0.0, np.nan, 5.0, 0.0])
    planned = np.array([0.5, 480.0, 480.0, 0.0])
    history = replace(history, downtime_min=downtime, planned_min=planned)
    assert usable_rows(history).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("shifts", "stops", "learnable"), [(800, 40, True), (799, 40, False), (800, 39, False)]
)
def test_trees_learn_from_800_shifts_of_which_40_had_downtime(shifts, stops, learnable):
    downtime = np.zeros(shifts)
    downtime[:stops] = 0.5
    assert is_learnable(downtime) is learnable
