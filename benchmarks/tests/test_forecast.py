"""The benchmark of daily forecasts says when it has no data, and counts as its gates say."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting.pool.roster import NAIVE
from benchmarks import forecast
from benchmarks.forecast_scores import OURS, Answers, gates, scores_of


def test_without_the_open_data_it_says_so_and_passes(tmp_path, capsys):
    assert forecast.main(["--data", str(tmp_path)]) == 0
    assert "there is no open data" in capsys.readouterr().out


def answers(ours, naive):
    """Two series at one origin, truth 0; a band of ±1 around a centre."""
    band = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    made = Answers()
    made.add(
        np.zeros((2, 30)),
        {
            maker: np.tile(np.array(centres)[:, None, None] + band, (1, 30, 1))
            for maker, centres in ((OURS, ours), (NAIVE, naive))
        },
    )
    return scores_of(made)


def test_a_series_that_naive_forecasts_better_counts_as_worse():
    score = answers(ours=[0.0, 5.0], naive=[3.0, 3.0])[OURS]
    assert score.share_worse == 0.5
    assert score.coverage_80 == 0.5


def test_the_gates_compare_with_their_limits():
    found = {title: passed for title, _, _, passed in gates({"steel": answers([0, 0], [9, 9])})}
    assert found["WIS on plant series / seasonal naive"]
    assert not found["coverage of the 80 % band"]


def test_minutes_of_all_downtime_sets_count_together():
    sets = {"grid5000": answers([0, 0], [9, 9]), "lanl16": answers([9, 9], [0, 0])}
    title, figure, *_ = gates(sets)[0]
    assert title == "WIS on daily downtime / seasonal naive"
    assert figure == pytest.approx(1.0)
