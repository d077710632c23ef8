"""Odd operation of machines by their process signals, on a machine whose faults are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from amis.errors import InsufficientData
from analytics.ml.anomaly import machine
from analytics.ml.anomaly.artefact import dump, load
from analytics.ml.anomaly.detector import MEMORY
from analytics.ml.anomaly.frame import Scores, SignalFrame
from analytics.ml.anomaly.signal import fit, score, score_together

MINUTE_US = 60_000_000
NAMES = ("temperature", "vibration", "pressure", "power")
DAY = 1440


def minutes(days: float, *, machine: str = "M001", seed: int = 7) -> SignalFrame:
    """A machine that runs three hours and stops for one; power and temperature follow its load."""
    random = np.random.default_rng(seed)
    rows = int(days * DAY)
    at = np.arange(rows)
    running = at % 240 < 180
    load = 0.8 + 0.1 * np.sin(at / 300) + random.normal(scale=0.02, size=rows)
    values = np.column_stack([
        40 + 20 * load + random.normal(scale=0.3, size=rows),
        1.7 * load + random.normal(scale=0.05, size=rows),
        6.1 + random.normal(scale=0.03, size=rows),
        12 * load + random.normal(scale=0.15, size=rows),
    ])  # fmt: skip
    values[~running] = [25.0, 0.2, 6.4, 2.0]
    return SignalFrame(
        machine=machine, names=NAMES, time_us=at * MINUTE_US, values=values, running=running
    )


def cut(frame: SignalFrame, first: int, last: int) -> SignalFrame:
    rows = slice(first, last)
    return replace(
        frame,
        time_us=frame.time_us[rows],
        values=frame.values[rows],
        running=None if frame.running is None else frame.running[rows],
    )


@pytest.fixture(scope="module")
def week():
    return minutes(10.0)


@pytest.fixture(scope="module")
def detector(week):
    return fit([cut(week, 0, 7 * DAY)])


@pytest.fixture
def later(week):
    """Three days that the detector has not seen; values may be changed."""
    frame = cut(week, 7 * DAY, 10 * DAY)
    return replace(frame, values=frame.values.copy())


def alarms_of(scores: Scores) -> int:
    return int((np.diff(scores.is_anomaly.astype(int), prepend=0) == 1).sum())


def test_normal_weeks_raise_about_as_many_alarms_as_the_budget_at_most():
    """Four weeks of four machines at one a machine-week: four are due."""
    found = 0
    for seed in range(4):
        frame = minutes(14.0, seed=seed)
        found += alarms_of(score(fit([cut(frame, 0, 7 * DAY)]), cut(frame, 7 * DAY, 14 * DAY)))
    assert found <= 8


@pytest.mark.parametrize(
    ("signal", "change"), [("vibration", 1.2), ("temperature", 6.0), ("pressure", -0.4)]
)
def test_a_signal_that_leaves_its_range_for_twenty_minutes_is_found(
    detector, later, signal, change
):
    at = NAMES.index(signal)
    later.values[1460:1480, at] += change
    scores = score(detector, later)
    assert scores.is_anomaly[1460:1470].any()
    assert scores.top(1475)[0][0] == signal
    assert scores.score[1475] > 0.999


def test_a_value_inside_its_range_that_does_not_fit_the_others_is_found(detector, later):
    """Power falls though temperature says that the load is high; alone it would be usual."""
    rows, power = slice(1460, 1500), NAMES.index("power")
    later.values[rows, power] = 8.6
    scores = score(detector, later)
    assert scores.expected_low[power] < 8.6 < scores.expected_high[power]
    assert scores.is_anomaly[1465:1500].all()
    assert scores.fitting[1490, power] > 9.0


def test_a_stopped_machine_is_not_judged(detector, later):
    scores = score(detector, later)
    assert np.isnan(scores.score[~later.running]).all()
    assert not scores.is_anomaly[~later.running].any()
    just_on = later.running & ~np.concatenate([[True], later.running[:-1]])
    assert np.isnan(scores.score[just_on]).all()
    assert not np.isnan(scores.score[later.running & ~just_on]).any()


def test_missing_values_raise_no_alarm(detector, later):
    later.values[1000:1200, 1] = np.nan
    scores = score(detector, later)
    assert not scores.is_anomaly[1000:1200].any()
    later.values[1000:1200] = np.nan
    assert np.isnan(score(detector, later).score[1000:1200]).all()


@pytest.mark.parametrize("end", [1, 61, 777, 1475, 2000])
def test_what_comes_later_changes_no_earlier_score(detector, later, end):
    later.values[1460:1480, 1] += 1.2
    whole, part = score(detector, later), score(detector, cut(later, 0, end))
    np.testing.assert_array_equal(part.is_anomaly, whole.is_anomaly[:end])
    np.testing.assert_allclose(part.score, whole.score[:end], atol=1e-12)
    np.testing.assert_allclose(part.share, whole.share[:end], atol=1e-12)


def test_a_score_does_not_depend_on_where_the_rows_begin(detector, later):
    """Live scoring loads a few hours, a replay months: both say the same."""
    whole = score(detector, later)
    begin = 1000
    sure = begin + np.flatnonzero(np.cumsum(later.running[begin:]) > 2 * MEMORY)[0]
    part = score(detector, cut(later, begin, len(later)))
    np.testing.assert_allclose(part.level[sure - begin :], whole.level[sure:], atol=1e-9)


def test_the_same_past_gives_the_same_scores_whatever_the_machine_is_called(week, later):
    past = cut(week, 0, 3 * DAY)
    one, other = fit([past]), fit([replace(past, machine="Z"), replace(past, machine="A")])
    for name in ("Z", "A"):
        again = score(other, replace(later, machine=name))
        np.testing.assert_array_equal(again.score, score(one, later).score)


def test_a_detector_from_its_files_scores_to_the_bit_as_before(detector, later):
    parts = dump(detector)
    assert all(isinstance(part, bytes) for part in parts.values())
    again, before = score(load(parts), later), score(detector, later)
    np.testing.assert_array_equal(again.score, before.score)
    np.testing.assert_array_equal(again.is_anomaly, before.is_anomaly)
    np.testing.assert_array_equal(again.fitting, before.fitting)


def test_a_larger_budget_gives_more_alarms(week):
    past, rest = cut(week, 0, 4 * DAY), cut(week, 4 * DAY, 10 * DAY)
    few = score(fit([past], budget_per_week=0.5), rest)
    many = score(fit([past], budget_per_week=100.0), rest)
    assert alarms_of(few) < alarms_of(many)


def test_a_fault_in_the_past_does_not_hide_the_next_one(week, later):
    past = cut(week, 0, 7 * DAY)
    past = replace(past, values=past.values.copy())
    past.values[3000:3060, 1] += 2.0
    later.values[1460:1480, 1] += 1.2
    assert score(fit([past]), later).is_anomaly[1460:1480].any()


def test_one_signal_is_enough(week):
    one = replace(week, names=("vibration",), values=week.values[:, 1:2].copy())
    one.values[14200:14250] += 1.5
    scores = score(fit([cut(one, 0, 7 * DAY)]), one)
    assert scores.is_anomaly[14205:14250].all()
    assert not scores.is_anomaly[:1000].any()


def test_a_signal_that_never_came_or_never_moved_does_no_harm(week):
    values = week.values.copy()
    values[:, 2], values[:, 3] = np.nan, 5.0
    frame = replace(week, values=values)
    scores = score(fit([cut(frame, 0, 7 * DAY)]), frame)
    assert np.isfinite(scores.score[frame.judged]).all()
    assert scores.is_anomaly.mean() < 0.01
    assert np.isnan(scores.expected_low[2])


def test_too_little_operation_is_said_with_what_is_there_and_what_is_needed(week):
    short = cut(week, 0, 120)
    with pytest.raises(InsufficientData) as raised:
        fit([short])
    assert raised.value.extra["missing"] == [
        "M001 has 120 rows of operation with process signals; 240 are needed to know what is"
        " normal."
    ]
    both = fit([short, replace(cut(week, 0, DAY), machine="M002")])
    assert list(both.machines) == ["M002"]
    assert list(both.missing) == ["M001"]
    assert np.isnan(score(both, week).score).all()


def test_time_without_any_signal_is_no_time_without_alarms(week):
    """The budget counts the time that was watched, not the span that was loaded."""
    short = cut(week, 0, 2 * DAY)
    gap = replace(
        week, values=np.concatenate([short.values, np.full((8 * DAY, 4), np.nan)]), running=None
    )
    bars = [fit([frame]).machines["M001"].bars for frame in (gap, replace(short, running=None))]
    assert bars[0] == bars[1]


def test_a_machine_that_comes_from_a_stop_may_be_cold():
    """Temperature comes back within half an hour: the same 50 °C is usual then and odd later."""
    frame = minutes(14.0)
    at = np.arange(len(frame)) % 240
    values = frame.values.copy()
    values[:, 0] -= np.where(at < 180, 25.0 * np.exp(-at / 15.0), 0.0)
    warming = replace(frame, values=values)
    scores = score(fit([cut(warming, 0, 7 * DAY)]), cut(warming, 7 * DAY, 14 * DAY))
    assert alarms_of(scores) <= 3
    suggested = scores.fitting[:, 0]
    assert suggested[at[: 7 * DAY] == 10].mean() < suggested[at[: 7 * DAY] == 150].mean() - 3.0


def test_only_the_newest_rows_are_learned_from(week, monkeypatch):
    monkeypatch.setattr(machine, "MOST_ROWS", 2000)
    ran = np.flatnonzero(week.judged)[-2000]
    whole, part = fit([week]), fit([cut(week, int(ran), len(week))])
    assert whole.machines["M001"].bars == part.machines["M001"].bars


def test_frames_of_another_order_of_signals_are_refused(detector, later):
    with pytest.raises(ValueError, match="M001 was learned with"):
        score(detector, replace(later, names=NAMES[::-1]))


def test_cancelling_ends_the_fit(week):
    class Cancelled(Exception):
        pass

    def tell(percent, step):
        assert step == "Learn what is normal for M001"
        raise Cancelled

    with pytest.raises(Cancelled):
        fit([week], tell=tell)


def test_looking_at_many_machines_leaves_out_what_is_odd_by_chance(week):
    """With a generous budget each machine alone has alarms; together only the fault stays."""
    past = [minutes(1.0, machine=f"M{n:03}", seed=n) for n in range(10)]
    detector = fit(past, budget_per_week=300.0)
    now = [minutes(1.0, machine=f"M{n:03}", seed=100 + n) for n in range(10)]
    now[4].values[1000:1020, 1] += 1.2
    alone = [score(detector, frame) for frame in now]
    together = score_together(detector, now)
    assert together[4].is_anomaly[1000:1020].any()
    others = [n for n in range(10) if n != 4]
    assert sum(alarms_of(together[n]) for n in others) < sum(alarms_of(alone[n]) for n in others)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.score, other.score)
        assert not (other.is_anomaly & ~one.is_anomaly).any()
