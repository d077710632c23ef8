"""What a forecaster may see: nothing after the origin, no closed days, unknown is not zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from analytics.forecasting.past import floor_of, past_of, truth_of
from analytics.tests.daily_samples import FIRST_DAY, daily_series, noisy

MONDAY_AFTER_TWO_WEEKS = FIRST_DAY + timedelta(days=14)


def test_closed_days_are_neither_learned_from_nor_forecast():
    past = past_of(daily_series(noisy(14), closed=(5, 6)), MONDAY_AFTER_TWO_WEEKS)
    assert len(past.values) == 10
    assert set(past.weekday) == {0, 1, 2, 3, 4}
    assert past.ahead[:7].tolist() == [0, 1, 2, 3, 4, 7, 8]
    assert past.days == 14


def test_what_comes_later_changes_nothing():
    values = noisy(60)
    changed = values.copy()
    changed[40:] = 1e6
    origin = FIRST_DAY + timedelta(days=40)
    one, other = (past_of(daily_series(held), origin) for held in (values, changed))
    assert np.array_equal(one.values, other.values)
    assert one.days == other.days == 40


def test_a_sum_that_was_never_negative_stays_so_and_a_mean_or_one_that_was_may_fall():
    energy = daily_series(noisy(30) + 500, metric="energy", lower=None)
    origin = FIRST_DAY + timedelta(days=30)
    assert past_of(energy, origin).lower == 0.0
    assert past_of(replace(energy, additive=False), origin).lower is None
    balance = replace(energy, values=np.where(np.arange(30) == 20, -5.0, energy.values))
    assert floor_of(balance, balance.values) is None
    assert past_of(balance, FIRST_DAY + timedelta(days=20)).lower == 0.0


def test_history_begins_with_the_first_known_day():
    values = noisy(30)
    values[:10] = np.nan
    past = past_of(daily_series(values), FIRST_DAY + timedelta(days=30))
    assert past.days == 20
    assert past.days_ago.tolist() == list(range(20, 0, -1))


def test_an_unknown_day_is_filled_with_its_weekday_and_not_with_zero():
    values = np.tile([10.0, 20, 30, 40, 50, 60, 70], 4)
    values[15] = np.nan
    past = past_of(daily_series(values), FIRST_DAY + timedelta(days=28))
    assert past.filled[15] == 20
    assert past.days == 27


def test_days_after_the_last_value_are_unknown_at_a_later_origin():
    past = past_of(daily_series(noisy(20)), FIRST_DAY + timedelta(days=23))
    assert np.isnan(past.values[-3:]).all()
    assert past.days == 20


def test_the_truth_of_closed_and_later_days_is_unknown():
    truth = truth_of(daily_series(noisy(20), closed=(6,)), MONDAY_AFTER_TWO_WEEKS)
    assert np.isfinite(truth[:6]).all()
    assert np.isnan(truth[6:]).all()
