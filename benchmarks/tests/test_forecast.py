"""The benchmark of daily forecasts says when it has no data, and counts as its gates say."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from analytics.forecasting.pool.roster import NAIVE
from analytics.tests.daily_samples import FIRST_DAY, daily_series, noisy
from benchmarks import forecast
from benchmarks.forecast_rivals import LIBRARY
from benchmarks.forecast_scores import OURS, Answers, gates, scores_of


def test_without_the_open_data_it_says_so_and_passes(tmp_path, capsys):
    assert forecast.main(["--data", str(tmp_path)]) == 0
    assert "there is no open data" in capsys.readouterr().out


def answers(ours, naive, library=(3.0, 3.0)):
    """Two series at one origin, truth 0; a band of ±1 around a centre."""
    band = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    made = Answers()
    made.add(
        np.zeros((2, 30)),
        {
            maker: np.tile(np.array(centres)[:, None, None] + band, (1, 30, 1))
            for maker, centres in ((OURS, ours), (NAIVE, naive), (LIBRARY, library))
        },
    )
    return scores_of(made)


def test_a_series_that_naive_forecasts_better_counts_as_worse():
    score = answers(ours=[0.0, 5.0], naive=[3.0, 9.0])[OURS]
    assert score.library.share_worse == 0.5
    assert score.pool.share_worse == 0.0
    assert score.coverage_80 == 0.5


def verdicts(sets):
    return {one.title: one for one in gates(sets)}


def test_the_gates_compare_with_their_limits():
    found = verdicts({"steel": answers([0, 0], [9, 9], [9, 9])})
    assert found["WIS on plant series / seasonal naive"].passed
    assert not found["coverage of the 80 % band"].passed


def test_the_librarys_naive_decides_and_the_pools_stands_beside_it():
    one = verdicts({"steel": answers([3, 3], naive=[3, 3], library=[9, 9])})
    plant = one["WIS on plant series / seasonal naive"]
    assert plant.passed
    assert plant.strict == pytest.approx(1.0)
    assert plant.figure < 0.5


def test_minutes_of_all_downtime_sets_count_together():
    sets = {
        "grid5000": answers([0, 0], [9, 9], [9, 9]),
        "lanl16": answers([9, 9], [0, 0], [0, 0]),
    }
    one = verdicts(sets)["WIS on daily downtime / seasonal naive"]
    assert one.figure == pytest.approx(1.0)


def test_what_is_chosen_on_ends_before_the_last_quarter():
    series = [daily_series(noisy(400), key="a"), daily_series(noisy(400), key="b")]
    for one in forecast._until(series, 0.75):
        assert one.end_day == FIRST_DAY + timedelta(days=300)
        assert forecast._origins([one], full=True)[-1] < one.end_day
