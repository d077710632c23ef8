"""Which shifts are learned from, as of when, why a shift differs, and who replaces whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.challenge import compare, losses
from analytics.ml.downtime import predict, train
from analytics.ml.explanation import shapley, usual_rows
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import questions_of
from analytics.ml.labels import span
from analytics.ml.leads import ahead_us
from analytics.ml.thinning import thinned
from analytics.tests.plants import EPOCH_US, SHIFT_US, plant

DAY_US = 3 * SHIFT_US


def test_few_shifts_are_all_learned_from():
    history = plant(2, 50)
    rows, weight = thinned(history, np.arange(100), 100)
    assert len(rows) == 100 and (weight == 1).all()


def test_many_shifts_are_thinned_and_weighted_back():
    history = plant(10, 300)
    everything = np.arange(len(history))
    rows, weight = thinned(history, everything, 600)
    assert len(rows) == pytest.approx(600, rel=0.05)
    assert weight.sum() == pytest.approx(len(history))
    had = history.downtime_min > 0
    assert weight[had[rows]].sum() == pytest.approx(had.sum())
    assert (np.diff(rows) > 0).all()
    per_machine = np.bincount(history.machine[rows], minlength=10)
    assert per_machine.min() > 30


def test_shifts_are_asked_ahead_at_all_leads_up_to_a_shift():
    history = plant(3, 100)
    rows = np.arange(len(history))
    lead = history.start_us[rows] - ahead_us(history, rows)
    assert (lead > 0).all() and (lead <= SHIFT_US).all()
    spread, _ = np.histogram(lead / SHIFT_US, bins=4, range=(0, 1))
    assert spread.min() > 60
    np.testing.assert_array_equal(ahead_us(history, rows[5:9]), ahead_us(history, rows)[5:9])


def table_of(values: np.ndarray) -> FeatureTable:
    return FeatureTable(("a", "b", "c"), ("one", "two", "two"), values)


def test_minutes_by_factor_add_up_and_follow_a_worked_example():
    def expected(table: FeatureTable) -> np.ndarray:
        a, b, c = table.values.T
        return 10 * a + b * c + a * b

    now, usual = table_of(np.array([[2.0, 3.0, 1.0]])), table_of(np.array([[1.0, 1.0, 1.0]]))
    factors, minutes = shapley(expected, now, usual)
    assert factors == ("one", "two")
    # one: (12 of 22 with the others usual, 13 of 29 … as they are): mean of 11 and 13.
    assert minutes[0].tolist() == [12.0, 5.0]
    assert minutes.sum() == expected(now)[0] - expected(usual)[0]


def test_usual_is_the_machines_own_median_and_that_of_all_for_a_new_one():
    values = np.array([[1.0, 1, np.nan], [3.0, 1, np.nan], [2.0, 1, np.nan], [50.0, 1, 8]])
    rows = usual_rows(table_of(values), np.array([0, 0, 0, 1]), 3)
    assert rows[0].tolist() == [2, 1, 8]
    assert rows[1].tolist() == [50, 1, 8]
    assert rows[2].tolist() == rows[3].tolist() == [2, 1, 8]


@pytest.mark.parametrize(
    ("minutes", "said"), [(15, "15 min"), (119, "119 min"), (300, "5 h"), (4320, "3 days")]
)
def test_spans_read_well(minutes, said):
    assert span(minutes) == said


def daily(mean: float, number: int = 300, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).exponential(mean, number)


STARTS = EPOCH_US + np.arange(300) * SHIFT_US


def test_a_challenger_that_errs_clearly_less_is_promoted():
    verdict = compare(daily(10), daily(10) * 0.9, start_us=STARTS)
    assert verdict.promote and verdict.p < 0.01
    assert verdict.better_by == pytest.approx(0.1)
    assert "better by 10.0 %" in verdict.reason


def test_a_challenger_that_is_hardly_better_or_by_luck_is_not():
    assert not compare(daily(10), daily(10) * 0.995, start_us=STARTS).promote
    assert not compare(daily(10), daily(10), start_us=STARTS).promote
    lucky = daily(10)
    lucky[:3] = lucky[:3] * 0
    champion = daily(10)
    champion[:3] += 60
    verdict = compare(champion, lucky, start_us=STARTS)
    assert verdict.better_by > 0.01 and verdict.p > 0.1 and not verdict.promote


def test_a_challenger_whose_intervals_do_not_hold_is_not_promoted():
    verdict = compare(daily(10), daily(10) * 0.8, start_us=STARTS, coverage_95=0.85)
    assert not verdict.promote
    assert "85.0 %" in verdict.reason


def test_a_verdict_is_the_same_every_time():
    one, other = daily(10), daily(9, seed=8)
    assert compare(one, other, start_us=STARTS) == compare(one, other, start_us=STARTS)


def test_an_old_model_is_scored_on_the_same_shifts_as_it_would_have_answered_them():
    history = plant(3, 60)
    old = train(history, as_of_us=EPOCH_US + 40 * SHIFT_US)
    rows = np.flatnonzero(history.start_us >= EPOCH_US + 40 * SHIFT_US)
    held = losses(old, history, rows)
    said = predict(old, history, questions_of(history, rows), explain=False)
    np.testing.assert_array_equal(held, np.abs(history.downtime_min[rows] - said.median_min))
    other = replace(history, machines=("x", "y", "z"))
    np.testing.assert_array_equal(losses(old, other, rows), held)
