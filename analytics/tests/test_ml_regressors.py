"""One contract for every member of the pool."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import ShiftHistory
from analytics.ml.regressors import LEARNED, Sample, regressor_of
from analytics.ml.sufficiency import usable_rows
from analytics.ml.training import asked
from analytics.tests.plants import plant

every_member = pytest.mark.parametrize("member", LEARNED, ids=lambda member: member.name)


@cache
def sample(machines: int = 4, shifts: int = 90) -> Sample:
    return asked_of(plant(machines, shifts)).sample()


def asked_of(history: ShiftHistory):
    return asked(history, usable_rows(history), ahead=False)


@cache
def fitted(name: str):
    return regressor_of(name).fit(sample(), seed=7)


@every_member
def test_it_answers_each_shift_with_a_number(member):
    answer = fitted(member.name).predict(sample().table)
    assert answer.shape == (len(sample().target),)
    assert np.isfinite(answer).all()


@every_member
def test_the_same_seed_gives_the_same_answers_to_the_last_bit(member):
    again = member.fit(sample(), seed=7).predict(sample().table)
    np.testing.assert_array_equal(again, fitted(member.name).predict(sample().table))


@every_member
def test_an_answer_does_not_depend_on_what_else_is_asked(member):
    table = sample().table
    some = np.arange(3, 40, 5)
    whole = fitted(member.name).predict(table)
    np.testing.assert_array_equal(fitted(member.name).predict(table.rows(some)), whole[some])


@every_member
def test_it_bears_that_nothing_is_known(member):
    table = sample().table
    blank = FeatureTable(table.names, table.factors, np.full_like(table.values[:3], np.nan))
    assert np.isfinite(fitted(member.name).predict(blank)).all()


@every_member
def test_it_bears_a_short_history_in_which_nothing_ever_stopped(member):
    short = sample(1, 20)
    calm = Sample(short.table, np.zeros(20), short.weight)
    answer = member.fit(calm, seed=7).predict(short.table)
    assert np.isfinite(answer).all()


@every_member
def test_what_is_kept_and_loaded_answers_the_same_to_the_last_bit(member):
    held = fitted(member.name)
    loaded = member.load(held.dump())
    np.testing.assert_array_equal(loaded.predict(sample().table), held.predict(sample().table))
    assert all(not name.endswith((".pkl", ".pickle")) for name in held.dump())


@every_member
def test_its_importances_are_shares(member):
    shares = fitted(member.name).importances()
    if member.is_naive:
        assert shares == {}
    else:
        assert set(shares) <= set(sample().table.names)
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "member", [one for one in LEARNED if not one.is_naive], ids=lambda member: member.name
)
def test_it_learns_that_a_machine_that_was_down_stays_down(member):
    draw = np.random.default_rng(7)
    down = draw.random(400) < 0.3
    table = sample().table
    values = np.tile(table.values[0], (400, 1))
    for name in ("downtime_lag_1", "downtime_mean_3"):
        values[:, table.names.index(name)] = np.where(down, 480.0, 0.0)
    learn = Sample(
        FeatureTable(table.names, table.factors, values), np.where(down, 470.0, 0.0), np.ones(400)
    )
    answer = member.fit(learn, seed=7).predict(learn.table)
    assert answer[down].mean() > 300
    assert answer[~down].mean() < 60


def test_last_value_is_what_the_last_shift_was():
    history = plant(4, 90)
    answer = fitted("last_value").predict(sample().table)
    rows = asked_of(history).row
    has_past = rows % 90 > 0
    before = history.downtime_min[rows[has_past] - 1]
    np.testing.assert_allclose(answer[has_past], before, rtol=1e-12)


def test_the_rolling_median_is_not_lifted_by_a_few_long_stops():
    table = sample().table
    values = np.tile(table.values[0], (1, 1))
    for name, minutes in (("downtime_median_63", 12.0), ("downtime_mean_63", 60.0)):
        values[:, table.names.index(name)] = minutes
    row = FeatureTable(table.names, table.factors, values)
    said = {name: fitted(name).predict(row)[0] for name in ("rolling_median_63", "rolling_mean_63")}
    assert said == {"rolling_median_63": 12, "rolling_mean_63": 60}
