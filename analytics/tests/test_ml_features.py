from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ml.features import features
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import OUTCOMES, STILL_DOWN_US, ShiftHistory, questions_of
from analytics.tests.plants import EPOCH_US, HOUR_US, SHIFT_US, plant

PLANT = plant(4, 60)
HOURS = st.integers(1, 60 * 8 - 1)


def asked_at(history: ShiftHistory, as_of_us: int) -> FeatureTable:
    rows = np.flatnonzero((history.start_us >= as_of_us) & (history.start_us < as_of_us + SHIFT_US))
    return features(history, questions_of(history, rows, np.full(len(rows), as_of_us)))


def one(history: ShiftHistory, *, machine: int, shift: int, ahead_us: int = 0) -> dict[str, float]:
    rows = np.flatnonzero(history.machine == machine)[shift : shift + 1]
    table = features(history, questions_of(history, rows, history.start_us[rows] - ahead_us))
    return dict(zip(table.names, table.values[0], strict=True))


def quiet(shifts: int = 30, **changed: object) -> ShiftHistory:
    """One machine that never stops, but for what the test changes."""
    whole = plant(1, shifts, signals=())
    none = np.zeros(0, np.int64)
    zeros = np.zeros(shifts)
    blank = {"downtime_min": zeros, "stops": zeros, "down_machine": none, "down_start_us": none,
             "down_end_us": none}  # fmt: skip
    return replace(whole, **{**blank, **changed})


@settings(max_examples=25, deadline=None)
@given(hour=HOURS, seed=st.integers(0, 1000))
def test_whatever_comes_after_the_question_changes_no_bit_of_its_features(hour, seed):
    as_of = EPOCH_US + hour * HOUR_US + seed
    draw = np.random.default_rng(seed)
    later = PLANT.end_us > as_of
    scrambled = {}
    for name in OUTCOMES:
        column = getattr(PLANT, name).copy()
        column[later] = draw.permutation(column[later]) * 3.7 + 11
        scrambled[name] = column
    begun, goes_on = PLANT.down_start_us < as_of, PLANT.down_end_us >= as_of
    ends = np.where(begun & goes_on, as_of + draw.integers(0, 9e12), PLANT.down_end_us)
    kept = begun | (draw.random(len(begun)) < 0.5)
    other = replace(
        PLANT, **scrambled, down_machine=PLANT.down_machine[kept],
        down_start_us=PLANT.down_start_us[kept], down_end_us=ends[kept],
    )  # fmt: skip
    np.testing.assert_array_equal(asked_at(PLANT, as_of).values, asked_at(other, as_of).values)


@settings(max_examples=25, deadline=None)
@given(hour=HOURS)
def test_what_was_known_at_the_instant_gives_the_same_features(hour):
    as_of = EPOCH_US + hour * HOUR_US
    known = PLANT.known_at(as_of)
    np.testing.assert_array_equal(asked_at(PLANT, as_of).values, asked_at(known, as_of).values)


def test_questions_asked_together_or_alone_have_the_same_features():
    rows = np.arange(0, len(PLANT), 7)
    together = features(PLANT, questions_of(PLANT, rows)).values
    alone = [features(PLANT, questions_of(PLANT, rows[n : n + 1])).values for n in range(len(rows))]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_down_now_and_for_how_long_come_from_raw_intervals():
    start = EPOCH_US + 20 * SHIFT_US - 15 * HOUR_US // 60
    stop = {"down_machine": np.array([0]), "down_start_us": np.array([start])}
    down = quiet(**stop, down_end_us=np.array([STILL_DOWN_US]))
    row = one(down, machine=0, shift=20)
    assert (row["down_now"], row["down_for_min"]) == (1, 15)
    ended = quiet(**stop, down_end_us=np.array([start + 5 * HOUR_US // 60]))
    row = one(ended, machine=0, shift=20)
    assert (row["down_now"], row["up_for_min"], row["last_stop_min"]) == (0, 10, 5)


def test_a_stop_inside_the_shift_asked_for_is_not_known():
    start = EPOCH_US + 20 * SHIFT_US + HOUR_US
    minutes = np.zeros(30)
    minutes[20] = 60.0
    stopped = quiet(
        downtime_min=minutes, down_machine=np.array([0]), down_start_us=np.array([start]),
        down_end_us=np.array([start + HOUR_US]),
    )  # fmt: skip
    assert one(stopped, machine=0, shift=20)["downtime_mean_9"] == 0
    assert one(stopped, machine=0, shift=20)["stops_24_h"] != 1
    after = one(stopped, machine=0, shift=21)
    assert (after["downtime_lag_1"], after["stops_24_h"], after["shifts_since_downtime"]) == (
        60,
        1,
        0,
    )


def test_a_question_asked_ahead_knows_of_the_running_shift_only_what_has_happened():
    start = EPOCH_US + 19 * SHIFT_US + HOUR_US
    minutes = np.zeros(30)
    minutes[19] = 120.0
    stopped = quiet(
        downtime_min=minutes, down_machine=np.array([0]), down_start_us=np.array([start]),
        down_end_us=np.array([start + 2 * HOUR_US]),
    )  # fmt: skip
    row = one(stopped, machine=0, shift=20, ahead_us=6 * HOUR_US)
    assert (row["lead_min"], row["downtime_lag_1"], row["down_so_far_min"]) == (360, 0, 60)
    assert (row["down_now"], row["down_for_min"], row["stops_so_far"]) == (1, 60, 1)


def test_lags_of_days_are_the_same_shift_of_those_days():
    minutes = np.arange(30.0)
    row = one(quiet(downtime_min=minutes), machine=0, shift=25)
    lags = [row[f"downtime_lag_{days}_d"] for days in (1, 2, 3, 7)]
    assert lags == [22, 19, 16, 4]
    assert [row[f"downtime_lag_{n}"] for n in (1, 2, 3)] == [24, 23, 22]
    assert row["downtime_mean_3"] == 23
    assert row["downtime_max_21"] == 24


def test_unknown_is_not_zero():
    minutes = np.full(30, 10.0)
    minutes[24] = np.nan
    row = one(quiet(downtime_min=minutes), machine=0, shift=25)
    assert np.isnan(row["downtime_lag_1"])
    assert row["downtime_mean_9"] == 10


def test_the_median_is_that_of_the_known_shifts_of_the_window():
    minutes = np.arange(100, dtype=np.float64)
    minutes[[95, 97]] = np.nan
    row = one(quiet(100, downtime_min=minutes), machine=0, shift=99)
    assert row["downtime_median_21"] == np.nanmedian(minutes[78:99])
    assert row["downtime_median_63"] == np.nanmedian(minutes[36:99])
    early = one(quiet(100, downtime_min=minutes), machine=0, shift=4)
    assert early["downtime_median_63"] == 1.5
    assert np.isnan(one(PLANT, machine=3, shift=0)["downtime_median_63"])


def test_a_plant_that_submits_minutes_only_does_not_know_what_is_down_now():
    bare = plant(2, 40, with_intervals=False, signals=())
    row = one(bare, machine=1, shift=30)
    assert np.isnan(row["down_now"]) and np.isnan(row["fleet_down_share"])
    assert row["downtime_mean_9"] == pytest.approx(bare.downtime_min[40 + 21 : 40 + 30].mean())


def test_the_last_shifts_process_signals_and_output_are_features():
    row = one(PLANT, machine=2, shift=30)
    last = 2 * 60 + 29
    assert row["signal_0_mean"] == PLANT.signal_stats[last, 0, 0]
    assert row["signal_0_slope"] == PLANT.signal_stats[last, 0, 1]
    assert row["signal_0_max"] == PLANT.signal_stats[last, 0, 2]
    assert row["defect_rate_lag_1"] == PLANT.defective[last] / PLANT.units[last]
    assert row["quality_lag_1"] == PLANT.quality[last]


def test_half_as_long_a_shift_with_half_the_downtime_has_the_same_rate():
    minutes = np.full(30, 20.0)
    whole = one(quiet(downtime_min=minutes), machine=0, shift=25)
    half = one(quiet(downtime_min=minutes / 2, planned_min=np.full(30, 240.0)), machine=0, shift=25)
    assert whole["downtime_mean_21"] == half["downtime_mean_21"] == 20


def test_the_first_shift_of_a_machine_has_no_past():
    row = one(PLANT, machine=3, shift=0)
    assert np.isnan(row["downtime_lag_1"]) and np.isnan(row["downtime_mean_270"])
