"""Totals come of days that hang together."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting.paths import (
    Dependence,
    laddered,
    learn_dependence,
    mean_of,
    paths_of,
)

NORMAL = np.array([-1.96, -1.2816, 0.0, 1.2816, 1.96])
MONTH = np.tile(NORMAL, (30, 1))


def test_days_that_hang_together_make_a_wider_total():
    loose, tied = (
        paths_of(laddered(MONTH), Dependence(common, 0.0)).sum(axis=1) for common in (0.0, 0.5)
    )
    assert loose.std() == pytest.approx(np.sqrt(30), rel=0.1)
    assert tied.std() > 2.5 * loose.std()


def test_each_day_of_the_paths_has_the_quantiles_of_its_forecast():
    drawn = paths_of(laddered(MONTH), Dependence(0.2, 0.5))
    assert np.quantile(drawn, 0.9, axis=0).mean() == pytest.approx(1.2816, abs=0.12)
    assert np.quantile(drawn, 0.1, axis=0).mean() == pytest.approx(-1.2816, abs=0.12)


def test_a_day_without_doubt_is_the_same_on_every_path():
    drawn = paths_of(laddered(np.full((3, 5), 4.0)), Dependence())
    assert (drawn == 4).all()


def test_the_mean_of_a_symmetric_forecast_is_its_median_and_a_tail_pulls_it():
    assert mean_of(laddered(NORMAL)) == pytest.approx(0)
    assert mean_of(laddered(np.array([0.0, 0.0, 0.0, 50.0, 400.0]))) > 10


def test_dependence_is_measured_on_what_came():
    random = np.random.default_rng(7)
    shared = np.sqrt(0.5) * random.standard_normal((200, 1))
    truth = shared + np.sqrt(0.5) * random.standard_normal((200, 30))
    found = learn_dependence(np.tile(NORMAL, (200, 30, 1)), truth)
    assert found.common == pytest.approx(0.5, abs=0.1)
    assert found.fading < 0.2


def test_independent_days_are_found_independent():
    truth = np.random.default_rng(7).standard_normal((200, 30))
    found = learn_dependence(np.tile(NORMAL, (200, 30, 1)), truth)
    assert found.common < 0.05
    assert found.fading < 0.05
