"""One contract for every member of the pool."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from analytics.forecasting.past import past_of
from analytics.forecasting.pool.gradient_trees import train_trees, tree_rows
from analytics.forecasting.pool.lstm_input import AHEAD, CHANNELS, CHARACTER
from analytics.forecasting.pool.roster import NEEDS, Learned, assemble, installed
from analytics.tests.daily_samples import FIRST_DAY, daily_series, noisy, stops

DAYS = 100
ORIGIN = FIRST_DAY + timedelta(days=DAYS)
UNITS, HIDDEN = 4, 6
GLOBAL = {"xgb", "lstm"}
"""They say nothing of a series of which they cannot know what a large day is."""


def some_layers():
    """A network with small random weights: its arithmetic is what is looked at."""
    random = np.random.default_rng(7)
    shapes = {
        "kernel": (CHANNELS, 4 * UNITS),
        "recurrent": (UNITS, 4 * UNITS),
        "bias": (4 * UNITS,),
        "hidden_kernel": (UNITS + CHARACTER + AHEAD, HIDDEN),
        "hidden_bias": (HIDDEN,),
        "out_kernel": (HIDDEN, 5),
        "out_bias": (5,),
    }
    return {name: random.normal(0, 0.3, shape) for name, shape in shapes.items()}


def with_gaps():
    values = noisy(DAYS, seed=3)
    values[[0, 1, 30, 31, 32, 95, 99]] = np.nan
    return values


SERIES = [
    daily_series(noisy(DAYS, weekly=30)),
    daily_series(stops(DAYS), closed=(5, 6)),
    daily_series(with_gaps()),
    daily_series(np.zeros(DAYS)),
    daily_series(np.full(DAYS, 0.9), metric="oee", upper=1.0, additive=False),
    daily_series(noisy(DAYS, mean=-50.0) - 80, metric="temperature", lower=None),
]


@pytest.fixture(scope="module")
def pool():
    trees = train_trees(tree_rows(SERIES), as_of=ORIGIN)
    layers = some_layers()
    return {
        one.name: one for one in assemble(frozenset(NEEDS), Learned(trees=trees, layers=layers))
    }


@pytest.fixture(params=list(NEEDS))
def member(request, pool):
    if request.param not in installed() | {"lstm"}:
        pytest.skip(f"{NEEDS[request.param]} is not installed")
    return pool[request.param]


def test_quantiles_have_a_row_a_worked_day_rise_and_stay_within_bounds(member):
    pasts = [past_of(one, ORIGIN) for one in SERIES]
    for past, found in zip(pasts, member.quantiles(pasts), strict=True):
        assert found.shape == (len(past.ahead), 5)
        if member.name in GLOBAL and not past.values.any():
            assert np.isnan(found).all()
            continue
        assert np.isfinite(found).all()
        assert (np.diff(found, axis=1) >= 0).all()
        assert past.lower is None or (found >= past.lower).all()
        assert past.upper is None or (found <= past.upper).all()


def test_the_same_past_gets_the_same_bits_whatever_stands_beside_it(member):
    pasts = [past_of(one, ORIGIN) for one in SERIES]
    together = member.quantiles(pasts)
    alone = [member.quantiles([past])[0] for past in reversed(pasts)]
    for one, other in zip(together, reversed(alone), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_a_member_speaks_from_the_day_its_ladder_promises(member):
    past = past_of(daily_series(noisy(member.least_days)), FIRST_DAY + timedelta(member.least_days))
    assert np.isfinite(member.quantiles([past])[0]).all()


def test_a_plant_that_does_not_work_for_30_days_gets_no_rows(member):
    past = past_of(SERIES[0], ORIGIN)
    series = daily_series(noisy(DAYS))
    series.is_open[DAYS:] = False
    assert len(past.ahead) == 30
    assert member.quantiles([past_of(series, ORIGIN)])[0].shape == (0, 5)


def test_another_unit_gives_the_same_forecast_in_that_unit(member):
    hours, minutes = (daily_series(noisy(DAYS, weekly=30) * by) for by in (1.0, 60.0))
    found = [member.quantiles([past_of(one, ORIGIN)])[0] for one in (hours, minutes)]
    assert found[1] / 60 == pytest.approx(found[0], rel=0.02, abs=0.5)
