"""Who serves a series: the combination, unless seasonal naive was better on its backtest."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting.verdict import UNJUDGED, judged

ORIGINS = 4
BAND = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
TRUTH = np.zeros((ORIGINS, 30))


def around(centre):
    return np.tile(centre + BAND, (ORIGINS, 30, 1))


def verdict(ours, naive):
    return judged(ours, {"seasonal_naive": naive, "tsb": ours}, TRUTH, {"tsb": 1.0})


def test_the_better_one_serves_and_naive_says_why():
    assert verdict(around(0.5), around(3.0)).beats_naive
    found = verdict(around(3.0), around(0.5))
    assert not found.beats_naive
    assert "Seasonal naive serves: on 4 past origins" in found.reason


def test_where_nothing_happened_and_both_said_so_the_combination_serves():
    nothing = np.zeros((ORIGINS, 30, 5))
    found = verdict(nothing, nothing)
    assert found.beats_naive
    assert found.reason == ""
    assert found.backtest["wis"] == found.backtest["wis_seasonal_naive"] == 0


def test_only_days_on_which_both_spoke_are_compared():
    naive = around(0.5)
    naive[0] = np.nan
    ours = around(0.0)
    ours[0] += 90
    assert verdict(ours, naive).beats_naive


def test_without_naive_nothing_is_judged():
    unknown = np.full((ORIGINS, 30, 5), np.nan)
    found = verdict(around(0.0), unknown)
    assert found.beats_naive
    assert found.reason == UNJUDGED
    assert found.backtest["mae"] == pytest.approx(0)
