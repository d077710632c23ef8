"""The small parts of anomaly detection: tails, bars, hysteresis, false discoveries, gaps."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from analytics.ml.anomaly import fdr, isolation, principal, rolling, tails
from analytics.ml.anomaly.budget import bars
from analytics.ml.anomaly.fdr import discoveries
from analytics.ml.anomaly.hysteresis import QUIET, alarms, peaks
from analytics.ml.anomaly.smoothing import ewma, past_median
from analytics.ml.anomaly.standard import BRIDGE, CARRY, ages, carried
from analytics.ml.anomaly.tails import Tail


def test_ranks_inside_the_body_are_shares_of_normal_rows():
    tail = Tail.fit(np.arange(1001.0))
    np.testing.assert_allclose(tail.p(np.array([0.0, 500.0, 800.0])), [1.0, 0.5, 0.2], atol=1e-3)


def test_what_most_rows_are_is_not_rare():
    """Most shifts have no downtime at all."""
    tail = Tail.fit(np.concatenate([np.zeros(970), np.arange(1.0, 31.0)]))
    assert tail.p(np.array([0.0]))[0] == 1.0
    assert tail.p(np.array([1.0]))[0] < 0.04


def test_beyond_all_normal_rows_odder_is_still_rarer():
    p = Tail.fit(np.random.default_rng(7).normal(size=500)).p(np.array([4.0, 5.0, 6.0]))
    assert (np.diff(p) < 0).all()
    assert (p > 0).all()


def test_a_few_faults_among_normal_rows_hardly_stretch_the_tail():
    normal = np.random.default_rng(7).exponential(size=5000)
    stained = np.concatenate([normal, np.full(60, 200.0)])
    assert Tail.fit(stained).p(np.array([20.0]))[0] < 1e-5


def test_an_alarm_begins_high_and_ends_low():
    levels = np.array([0.0, 3.0, 5.0, 3.0, 3.0, *[0.0] * (QUIET + 3), 3.0])
    on = alarms(levels, high=4.0, low=2.0)
    assert np.flatnonzero(on).tolist() == list(range(2, 5 + QUIET))


def test_a_dip_does_not_end_an_alarm():
    levels = np.array([5.0, 0.0, 0.0, 3.0, 5.0])
    assert alarms(levels, high=4.0, low=2.0).all()


def test_a_machine_that_stops_for_long_ends_its_alarm_and_is_not_in_alarm_meanwhile():
    short = np.array([5.0, 5.0, np.nan, 3.0])
    assert alarms(short, high=4.0, low=2.0).tolist() == [True, True, False, True]
    long = np.array([5.0, *[np.nan] * (QUIET + 1), 3.0])
    assert np.flatnonzero(alarms(long, high=4.0, low=2.0)).tolist() == [0]


def test_peaks_are_the_highest_of_each_stretch():
    levels = np.concatenate([[3.0, 7.0, 3.0], np.zeros(QUIET + 5), [4.0]])
    assert peaks(levels, low=2.0).tolist() == [7.0, 4.0]


@pytest.mark.parametrize("budget", [0.5, 2.0, 10.0])
def test_normal_weeks_to_come_have_as_many_alarms_as_the_budget_allows(budget):
    """Twelve weeks by the minute of noise as it is learned, then forty as they come."""
    random, week = np.random.default_rng(7), 7 * 1440
    found = bars(random.exponential(size=12 * week), weeks=12.0, budget_per_week=budget)
    later = random.exponential(size=40 * week)
    raised = len(peaks(np.where(later >= found.high, later, 0.0), low=found.high))
    assert 0.4 * budget <= raised / 40 <= 1.8 * budget


def test_a_short_history_speaks_for_ten_times_its_length_and_no_more():
    day = np.random.default_rng(7).exponential(size=1440)
    heights = [bars(day, weeks=1 / 7, budget_per_week=budget).high for budget in (7.0, 0.7, 0.07)]
    assert heights[0] < heights[1] == heights[2]


def test_flat_levels_give_bars_that_flat_levels_do_not_reach():
    found = bars(np.full(500, 0.3), weeks=0.05, budget_per_week=1.0)
    assert found.high > 0.3


def test_the_classic_example_of_false_discoveries():
    """The fifteen p-values of Benjamini and Hochberg (1995): four stay at 5 %."""
    p = np.array([
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ])  # fmt: skip
    assert discoveries(p, share=0.05).sum() == 4
    assert discoveries(p[::-1], share=0.05)[-4:].all()


def test_each_instant_is_looked_at_by_itself_and_what_is_unknown_does_not_count():
    p = np.array([[0.04, np.nan, np.nan], [0.04, 0.9, 0.9], [np.nan, np.nan, np.nan]])
    assert discoveries(p, share=0.05).tolist() == [[True, False, False], [False] * 3, [False] * 3]


def test_smoothing_begins_anew_with_each_run():
    rows = np.array([[10.0], [10.0], [1.0], [1.0]])
    smooth = ewma(rows, np.array([0, 1, 0, 1]), weight=0.5)
    np.testing.assert_allclose(smooth[:, 0], [5.0, 7.5, 0.5, 0.75])


def test_the_past_median_is_the_level_of_the_last_hour_of_rows():
    median = past_median(np.full((100, 1), 5.0))[:, 0]
    assert (median[0], median[99]) == (0.0, 5.0)
    assert abs(past_median(np.arange(100.0)[:, None])[99, 0] - 70.5) < 1.0


def test_ages_count_from_the_start_of_each_run():
    running = np.array([True, True, *[False] * (BRIDGE + 1), True, True, True])
    assert ages(running).tolist() == [0, 1, 0, 1, 2]


def test_a_short_pause_does_not_end_a_run():
    running = np.array([True, True, *[False] * BRIDGE, True, True])
    assert ages(running).tolist() == [0, 1, 2, 3]


def test_a_value_is_carried_for_a_few_rows_of_its_run_and_no_further():
    values = np.full((CARRY + 4, 1), np.nan)
    values[0] = 5.0
    filled = carried(values, np.arange(len(values)))[:, 0]
    assert (filled[: CARRY + 1] == 5.0).all()
    assert np.isnan(filled[CARRY + 1 :]).all()


def test_no_value_is_carried_into_the_next_run():
    values = np.array([[5.0], [np.nan], [np.nan]])
    assert np.isnan(carried(values, np.array([0, 0, 1]))[1:]).all()


@pytest.mark.parametrize("module", [fdr, isolation, principal, rolling, tails])
def test_the_examples_in_the_docstrings_hold(module):
    done = doctest.testmod(module, extraglobs={"np": np})
    assert (done.attempted > 0, done.failed) == (True, 0)
