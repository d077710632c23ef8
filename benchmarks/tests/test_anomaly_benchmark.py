"""What the anomaly benchmark counts, and what it says without data."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import anomaly
from benchmarks.anomaly_sets import NAB_FIT_SHARE, nab, skab
from benchmarks.anomaly_verdict import average_precision, verdict

ODD = np.array([False, False, True, True])


def test_average_precision_is_that_of_the_textbook():
    assert average_precision(np.array([0.1, 0.4, 0.35, 0.8]), ODD) == pytest.approx(
        0.8333, abs=1e-4
    )


def test_equal_scores_are_one_threshold_and_give_the_share_of_odd_rows():
    assert average_precision(np.ones(4), ODD) == 0.5


def test_rates_are_counted_row_by_row():
    found = verdict(np.arange(4.0), np.array([True, False, False, True]), ODD)
    assert (found.f1, found.far, found.mar, found.odd_share) == (0.5, 0.5, 0.5, 0.5)


def test_a_row_that_was_not_judged_is_the_least_odd():
    found = verdict(np.array([0.9, 0.1, np.nan, 0.95]), np.zeros(4, dtype=bool), ODD)
    assert found.pr_auc == pytest.approx((1.0 + 0.5) / 2)


def test_without_the_data_a_line_says_so(tmp_path, capsys):
    assert anomaly.main(["--data", str(tmp_path)]) == 0
    assert "there is no folder" in capsys.readouterr().out


def test_runs_are_read_in_the_order_of_their_numbers(tmp_path):
    for number in (10, 2):
        rows = [f"2020-03-09 10:14:{n % 60:02};{n};0.5;{float(n > 450)};0.0" for n in range(500)]
        text = "\n".join(["datetime;Current;Pressure;anomaly;changepoint", *rows])
        (tmp_path / f"valve1_{number}.csv").write_text(text, encoding="utf-8")
    first, second = skab(tmp_path)
    assert (first.frame.machine, second.frame.machine) == ("valve1_2", "valve1_10")
    assert first.frame.names == ("Current", "Pressure")
    assert first.frame.values[3].tolist() == [3.0, 0.5]
    assert (first.is_odd.sum(), first.fit_rows, first.windows) == (49, 400, 1)


def test_rows_inside_a_window_are_odd(tmp_path):
    rows = [f"2014-07-01 00:{n:02}:00,{n}" for n in range(40)]
    (tmp_path / "a.csv").write_text("\n".join(["timestamp,value", *rows]), encoding="utf-8")
    spans = {"a.csv": [["2014-07-01 00:20:00.000000", "2014-07-01 00:24:00.000000"]]}
    (tmp_path / "windows.json").write_text(json.dumps(spans), encoding="utf-8")
    (series,) = nab(tmp_path)
    assert np.flatnonzero(series.is_odd).tolist() == [20, 21, 22, 23, 24]
    assert series.fit_rows == int(40 * NAB_FIT_SHARE)
