"""Odd shifts, on a plant whose bad shifts are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.anomaly.shift import Foretold, score_shifts
from analytics.ml.history import ShiftHistory

HOUR_US = 3_600_000_000
SHIFTS = 21 * 12
ASKED = 21 * 10
MACHINES = ("M001", "M002", "M003")


def plant(seed: int = 7) -> ShiftHistory:
    """Three machines, twelve weeks, three shifts a day; one shift in ten has some downtime."""
    random = np.random.default_rng(seed)
    rows = len(MACHINES) * SHIFTS
    at = np.tile(np.arange(SHIFTS), len(MACHINES))
    machine = np.repeat(np.arange(len(MACHINES)), SHIFTS)
    down = np.where(random.random(rows) < 0.1, random.gamma(2.0, 8.0, rows), 0.0)
    planned = np.full(rows, 450.0)
    units = np.round((planned - down) * 2.0 * random.normal(1.0, 0.02, rows))
    start = (2800 * 7 * 24 + at * 8) * HOUR_US
    none = np.empty(0, dtype=np.int64)
    return ShiftHistory(
        machines=MACHINES,
        shift_names=("Early", "Late", "Night"),
        machine=machine,
        shift=at % 3,
        weekday=at // 3 % 7,
        start_us=start,
        end_us=start + 8 * HOUR_US,
        planned_min=planned,
        downtime_min=down,
        stops=np.ceil(down / 15),
        units=units,
        defective=random.binomial(units.astype(int), 0.01).astype(float),
        quality=np.full(rows, 0.99),
        efficiency=random.normal(0.95, 0.01, rows),
        maintenance_min=np.zeros(rows),
        signals=(),
        signal_stats=np.zeros((rows, 0, 3)),
        down_machine=none,
        down_start_us=none,
        down_end_us=none,
    )


def changed(history: ShiftHistory, row: int, **outcomes: float) -> ShiftHistory:
    columns = {}
    for name, value in outcomes.items():
        columns[name] = getattr(history, name).copy()
        columns[name][row] = value
    return replace(history, **columns)


ROW = ASKED + 20
LATER = np.concatenate([np.arange(ASKED, SHIFTS) + n * SHIFTS for n in range(3)])


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ({"downtime_min": 214.0, "stops": 4.0}, "Downtime 214 min, usually at most"),
        ({"defective": 90.0}, "Defect rate 1"),
        ({"units": 400.0}, "400 pieces, usually at least"),
        ({"efficiency": 0.6}, "Efficiency 60 %, usually at least 9"),
        ({"stops": 30.0, "downtime_min": 40.0}, "30 stops, usually at most"),
    ],
)
def test_a_shift_far_worse_than_usual_is_found_with_its_reason(outcomes, reason):
    scores = score_shifts(changed(plant(), ROW, **outcomes), LATER)
    at = int(np.flatnonzero(scores.rows == ROW)[0])
    assert scores.is_anomaly[at]
    assert scores.reasons[at][0].startswith(reason)
    assert scores.score[at] > 0.98


def test_normal_shifts_raise_about_as_many_alarms_as_the_budget_at_most():
    """Two weeks of four plants of three machines at 0.2 a machine-week: five are due."""
    found = sum(int(score_shifts(plant(seed), LATER).is_anomaly.sum()) for seed in range(4))
    assert found <= 8


def test_a_shift_better_than_usual_is_none():
    better = changed(plant(), ROW, downtime_min=0.0, units=1200.0, defective=0.0, efficiency=1.1)
    scores = score_shifts(better, np.array([ROW]))
    assert not scores.is_anomaly[0]
    assert scores.reasons == ((),)


def test_downtime_that_was_foretold_is_less_odd_than_the_same_unforetold():
    history = changed(plant(), ROW, downtime_min=60.0, stops=4.0)
    median = np.zeros(len(history))
    high = np.full(len(history), 20.0)
    surprised = Foretold(median_min=median, hi80=high)
    warned = Foretold(median_min=median.copy(), hi80=high.copy())
    warned.median_min[ROW], warned.hi80[ROW] = 55.0, 90.0
    odd, expected = (
        score_shifts(history, np.array([ROW]), foretold=said) for said in (surprised, warned)
    )
    assert odd.score[0] > expected.score[0]
    assert "; 0 min were expected" in odd.reasons[0][0]


def test_nothing_later_changes_a_score():
    history = plant()
    rows = LATER[LATER % SHIFTS < ROW]
    before = score_shifts(history, rows)
    as_of = int(history.end_us[ROW - 1])
    after = score_shifts(history.known_at(as_of), rows)
    np.testing.assert_array_equal(before.score, after.score)
    assert before.reasons == after.reasons


def test_a_score_does_not_depend_on_which_others_are_asked_for():
    history = plant()
    whole = score_shifts(history, LATER)
    alone = score_shifts(history, LATER[5:6])
    assert alone.score[0] == whole.score[5]


def test_a_scored_shift_does_not_make_itself_usual():
    """Every shift of the asked week is bad: the weeks before still say so."""
    history = plant()
    down = history.downtime_min.copy()
    down[ASKED : ASKED + 21] = 300.0
    scores = score_shifts(replace(history, downtime_min=down), np.arange(ASKED, ASKED + 21))
    assert scores.is_anomaly.all()


def test_shifts_without_enough_history_or_outcome_are_not_scored():
    history = changed(
        plant(), ROW, downtime_min=np.nan, stops=np.nan, units=np.nan, defective=np.nan,
        efficiency=np.nan,
    )  # fmt: skip
    scores = score_shifts(history, np.array([3, ROW]))
    assert np.isnan(scores.score).all()
    assert not scores.is_anomaly.any()


def test_a_plant_that_knows_only_minutes_of_downtime_is_enough():
    history = plant()
    unknown = np.full(len(history), np.nan)
    bare = replace(
        history, stops=unknown, units=unknown, defective=unknown, quality=unknown,
        efficiency=unknown,
    )  # fmt: skip
    scores = score_shifts(changed(bare, ROW, downtime_min=214.0), np.array([ROW, ROW + 5]))
    assert scores.is_anomaly.tolist() == [True, False]
    (reason,) = scores.reasons[0]
    assert reason.startswith("Downtime 214 min, usually at most")


def test_a_day_of_slow_decline_is_said_once():
    """The mean over three shifts says nothing that the shift's own downtime does not."""
    scores = score_shifts(changed(plant(), ROW, downtime_min=400.0), np.array([ROW]))
    assert not any("three shifts" in reason for reason in scores.reasons[0])
