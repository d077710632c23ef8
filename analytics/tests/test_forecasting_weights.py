"""Who gets how much weight, and how wide the band becomes."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting.weights import combined, greedy_weights, prior_of, shrunk
from analytics.forecasting.width import UNCHANGED, learn_widths, stretched

NORMAL = np.array([-1.96, -1.2816, 0.0, 1.2816, 1.96])
BLOCKS = 200
TRUTH = np.random.default_rng(7).standard_normal((BLOCKS, 30))
SCALE = np.ones(BLOCKS)


def forecasts(centre=0.0, by=1.0):
    return np.tile(centre + by * NORMAL, (BLOCKS, 30, 1))


def test_the_member_that_knows_gets_the_weight():
    stacked = np.array([forecasts(), forecasts(centre=5.0)])
    assert greedy_weights(stacked, TRUTH, SCALE) == pytest.approx([1, 0])


def test_opposite_errors_are_mixed():
    stacked = np.array([forecasts(centre=1.0), forecasts(centre=-1.0)])
    assert greedy_weights(stacked, TRUTH, SCALE) == pytest.approx([0.5, 0.5], abs=0.1)


def test_a_member_that_never_spoke_gets_nothing():
    stacked = np.array([forecasts(centre=3.0), np.full((BLOCKS, 30, 5), np.nan)])
    assert greedy_weights(stacked, TRUTH, SCALE).tolist() == [1, 0]


def test_little_evidence_leaves_weights_equal_but_for_the_trend():
    found, prior = np.array([1.0, 0.0]), prior_of(["tsb", "ets"])
    assert shrunk(found, prior, origins=0, blocks=0).tolist() == [0.5, 0.5]
    three, five = (shrunk(found, prior, origins=n, blocks=300)[0] for n in (3, 5))
    assert 0.5 < three < five < 1
    assert prior_of(["tsb", "linear_trend"]).tolist() == [0.8, 0.2]


def test_a_mixture_weighs_only_those_who_speak():
    stacked = np.array([np.full((30, 5), 1.0), np.full((30, 5), np.nan), np.full((30, 5), 4.0)])
    mixed = combined(stacked, np.array([0.25, 0.5, 0.25]))
    assert (mixed == 2.5).all()


def test_most_of_the_weight_at_zero_keeps_a_quantile_at_zero():
    stacked = np.array([[[0.0, 0, 0, 9, 9]], [[0.0, 0, 0, 9, 9]], [[3.0, 3, 3, 9, 9]]])
    mixed = combined(stacked, np.full(3, 1 / 3), floor=0.0)
    assert mixed[0].tolist() == [0, 0, 0, 9, 9]


@pytest.mark.parametrize("by", [0.5, 2.0])
def test_bands_that_are_wrong_by_a_factor_are_put_right(by):
    widths = learn_widths(forecasts(by=by), TRUTH, SCALE)
    for factors in widths.values():
        assert np.array(factors) * by == pytest.approx(1.0, abs=0.2)


def test_one_block_hardly_moves_a_band():
    widths = learn_widths(forecasts(by=0.5)[:1], TRUTH[:1], SCALE[:1])
    assert all(0.9 < factor < 1.15 for factors in widths.values() for factor in factors)


def test_without_a_backtest_bands_stay_as_they_are():
    unknown = np.full((3, 30), np.nan)
    assert learn_widths(forecasts()[:3], unknown, SCALE[:3]) == UNCHANGED


def test_a_band_on_zero_stays_on_zero_whatever_the_factor():
    rows = np.tile([0.0, 0, 10, 30, 50], (30, 1))
    narrow = {level: (0.5, 0.5, 0.5) for level in UNCHANGED}
    found = stretched(rows, narrow, floor=0.0)
    assert found[0].tolist() == [0, 0, 10, 20, 30]
