"""The score by worked examples, and what it means that a band holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting.wis import inside, mean_known, wis

FIVE = np.array([0.0, 1.0, 2.0, 3.0, 4.0])


def interval_score_form(quantiles, truth):
    """The definition of Bracher et al. (2021) word for word."""
    total = abs(truth - quantiles[2]) / 2
    for alpha, low, high in ((0.05, quantiles[0], quantiles[4]), (0.2, quantiles[1], quantiles[3])):
        outside = max(low - truth, 0) + max(truth - high, 0)
        total += alpha / 2 * ((high - low) + 2 / alpha * outside)
    return total / 2.5


@pytest.mark.parametrize("truth", [-3.0, 0.0, 0.5, 2.0, 3.5, 9.0])
def test_twice_the_mean_pinball_loss_is_the_weighted_interval_score(truth):
    assert wis(FIVE, np.array(truth)) == pytest.approx(interval_score_form(FIVE, truth))


def test_a_certain_and_right_forecast_scores_zero():
    assert wis(np.full(5, 7.0), np.array(7.0)) == 0


def test_an_unknown_truth_has_no_score_and_no_coverage():
    assert np.isnan(wis(FIVE, np.array(np.nan)))
    assert np.isnan(inside(FIVE, np.array(np.nan), 0.8))
    assert mean_known(np.array([np.nan])) is None


def test_a_band_holds_its_own_edges():
    held = inside(np.tile(FIVE, (4, 1)), np.array([1.0, 3.0, 0.0, 4.5]), 0.8)
    assert held.tolist() == [1, 1, 0, 0]
    assert inside(FIVE, np.array(4.0), 0.95) == 1
