"""The oracle knows the state and the laws of a simulated plant, and not its dice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from benchmarks import oracle
from benchmarks.oracle_past import Chronicle, downtime_min, shifts_of
from benchmarks.oracle_plant import KnownPlant
from benchmarks.oracle_report import _sentence
from benchmarks.oracle_scores import Said, gap
from plc_sim.kinds import ABORTED, EXECUTE, SUSPENDED
from plc_sim.machine import Plant
from plc_sim.panel import Event
from plc_sim.station import CHANGEOVER, FAILURE
from plc_sim.timetable import DAY, HOUR, MINUTE, micros
from production.shopfloor.record import us

EPOCH = micros(datetime(2026, 1, 1, tzinfo=UTC))
ZONE = "America/Chicago"


def plant_of(seed: int = 7) -> KnownPlant:
    return KnownPlant(seed=seed, epoch=EPOCH, timezone=ZONE)


def plant_with(state: int, *, passed_min: float) -> KnownPlant:
    """A plant at an instant at which its first machine has been in a state for some minutes."""
    plant = plant_of()
    first = plant.stations[0]
    while True:
        plant.advance(plant.next_at())
        if first.state == state and plant.now - first.since >= passed_min * MINUTE:
            return plant


def so_far(chronicle: Chronicle) -> list[Event]:
    """The states that ended, and those that go on as if they ended now."""
    return [*chronicle.events, *chronicle.plant.open_states()]


@pytest.fixture(scope="module")
def lived() -> Chronicle:
    plant = plant_of()
    chronicle = Chronicle(plant)
    for shift in shifts_of(plant, ZONE, 12):
        chronicle.reach(us(shift.interval.start))
        chronicle.follow(shift)
    return chronicle


def test_a_plant_from_which_futures_are_taken_lives_as_the_demo_s_plant_does():
    watched, plain = plant_of(), Plant(seed=7, epoch=EPOCH, timezone=ZONE)
    seen, true = [], []
    for hours in range(8, 80, 8):
        seen += watched.advance(EPOCH + hours * HOUR).events
        true += plain.advance(EPOCH + hours * HOUR).events
        watched.future(1, hours).advance(EPOCH + (hours + 8) * HOUR)
    assert seen == true


def test_the_same_dice_give_the_same_future_and_others_another():
    plant = plant_of()
    plant.advance(EPOCH + 5 * DAY)

    def events(*dice: int) -> list:
        return plant.future(*dice).advance(plant.now + 8 * HOUR).events

    assert events(7, 1) == events(7, 1)
    assert events(7, 1) != events(7, 2)


def test_a_future_begins_with_the_present_state():
    plant = plant_of()
    plant.advance(EPOCH + 5 * DAY)
    future = plant.future(7, 1)
    for now, then in zip(plant.stations, future.stations, strict=True):
        assert (now.state, now.cause, now.since) == (then.state, then.cause, then.since)
        assert (now.wear, now.queue, now.holding, now.left) == (
            then.wear,
            then.queue,
            then.holding,
            then.left,
        )
        assert then.to_stop != now.to_stop
        assert (then.supply is None) == (now.supply is None)
    assert future.stations[1].supply is future.stations[0]


def test_a_failure_that_goes_on_ends_after_now_at_a_time_that_its_dice_say():
    plant = plant_with(ABORTED, passed_min=0)
    first = plant.stations[0]
    plant.advance(first.since + (first.ends_at - first.since) // 2)
    ends = [plant.future(7, turn).stations[0].ends_at for turn in range(40)]
    assert all(end > plant.now for end in ends)
    assert len(set(ends)) == 40
    assert first.ends_at not in ends


def test_memoryless_exposures_are_drawn_as_if_new_and_the_rate_that_runs_stays():
    plant = plant_with(EXECUTE, passed_min=20)
    first = plant.stations[0]
    gone = first.rates[FAILURE] * (plant.now - first.run_from) / HOUR
    futures = [plant.future(7, turn).stations[0] for turn in range(120)]
    left = np.array([one.to_stop[FAILURE] - gone for one in futures])
    assert left.min() > 0
    assert left.mean() == pytest.approx(1.0, abs=0.25)
    assert all(one.rates == first.rates for one in futures)


def test_a_changeover_is_the_nearer_the_longer_the_last_one_is_ago():
    plant = plant_of()
    first = plant.stations[0]
    while 0 not in plant.changeover_drawn or first.state != EXECUTE:
        plant.advance(plant.next_at())

    def mean_left() -> float:
        gone = first.rates[CHANGEOVER] * (plant.now - first.run_from) / HOUR
        futures = [plant.future(7, turn).stations[0] for turn in range(120)]
        return float(np.mean([one.to_stop[CHANGEOVER] - gone for one in futures]))

    soon = mean_left()
    drawn = plant.changeover_drawn[0]
    while first.state != EXECUTE or first.to_stop[CHANGEOVER] > 0.4 * drawn:
        plant.advance(plant.next_at())
        assert plant.changeover_drawn[0] == drawn
    assert mean_left() < 0.8 * soon


def test_copies_that_wait_for_a_neighbour_go_on_when_it_feeds_them():
    plant = plant_of()
    waiting = plant.stations[1]
    while waiting.state != SUSPENDED:
        plant.advance(plant.next_at())
    ran = [plant.future(7, turn) for turn in range(5)]
    for one in ran:
        one.advance(plant.now + 8 * HOUR)
    assert all(one.stations[1].processed > waiting.processed + 100 for one in ran)


def test_minutes_of_a_copy_are_counted_as_those_of_a_record(lived):
    history, events = lived.history(), so_far(lived)
    for place, shift in enumerate(lived.shifts):
        counted = downtime_min(events, lived.plant, shift)
        rows = place + len(lived.shifts) * np.arange(3)
        assert history.downtime_min[rows] == pytest.approx(counted, abs=1e-6)


def test_the_history_has_what_production_would_have_recorded(lived):
    history = lived.history()
    assert history.machines == ("M001", "M002", "M003")
    assert history.planned_min.tolist() == [450.0] * len(history)
    assert (history.downtime_min > 0).mean() > 0.5
    assert 200 < history.units.mean() < 500
    assert 0.9 < history.quality.mean() < 1
    assert 0.7 < history.efficiency.mean() < 1
    for machine in range(3):
        mine = history.down_machine == machine
        ends, starts = history.down_end_us[mine], history.down_start_us[mine]
        assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
        inside = history.stops[history.machine == machine].sum()
        assert inside == mine.sum()
    assert all(a <= b for a, b in pairwise(history.down_machine))
    temperature, power = history.signal_stats[:, 0, 0], history.signal_stats[:, 3, 0]
    assert 20 < temperature.min() < temperature.max() < 80
    assert power.min() > 0


def test_what_comes_true_lies_anywhere_among_the_oracle_s_copies():
    plant = plant_of()
    chronicle, ranks = Chronicle(plant), []
    for place, shift in enumerate(shifts_of(plant, ZONE, 20)):
        chronicle.reach(us(shift.interval.start))
        if place >= 40:
            draws = oracle.futures(plant, shift, dice=(7, place), copies=20)
            chronicle.follow(shift)
            ranks += (draws < downtime_min(so_far(chronicle), plant, shift)).mean(axis=0).tolist()
        else:
            chronicle.follow(shift)
    assert len(ranks) >= 50
    assert np.mean(ranks) == pytest.approx(0.5, abs=0.12)
    assert 0.6 <= np.mean((np.array(ranks) >= 0.1) & (np.array(ranks) <= 0.9)) <= 0.95


def test_scores_of_a_certain_and_right_answer_are_zero():
    actual = np.array([0.0, 40.0])
    sure = Said.of(np.tile(actual[:, None], 50))
    assert sure.scores(actual) == {
        "mae": 0, "pinball": 0, "brier": 0, "coverage_80": 1, "coverage_95": 1,
    }  # fmt: skip
    wrong = Said.of(np.tile(actual[::-1, None], 50)).scores(actual)
    assert wrong["mae"] == 40
    assert wrong["pinball"] == pytest.approx(20)
    assert wrong["brier"] == 1
    assert wrong["coverage_95"] == 0


def test_halfway_from_naive_to_the_oracle_is_half_of_the_gap():
    start = np.array([0, 0, 1, 1])
    found = gap(np.full(4, 3.0), np.full(4, 2.0), np.full(4, 1.0), start_us=start)
    assert found["closed"] == 0.5
    assert found["left"] == found["left_low"] == found["left_high"] == 1.0
    assert found["room"] == found["room_low"] == 2.0
    shaky = gap(np.array([3.0, 3, 1, 1]), np.full(4, 2.0), np.array([0.0, 0, 3, 3]), start_us=start)
    assert shaky["room_low"] < 0 < shaky["room"]
    none = gap(np.ones(4), np.ones(4), np.ones(4), start_us=start)
    assert none["closed"] is None


def test_a_room_that_may_be_none_is_said_to_be_so():
    rooms = {"closed": 0.5, "room": 2.0, "left": 1.0, "left_low": 0.5, "left_high": 1.5}
    sure = _sentence("mae", {**rooms, "room_low": 1.0, "room_high": 3.0}, "last_value")
    assert sure == (
        "MAE (min): from last_value to the oracle there is room of 2.000 (1.000 to 3.000);"
        " 50 % of it is closed, 1.000 (0.500 to 1.500) is left."
    )
    unsure = _sentence("mae", {**rooms, "room_low": -0.1, "room_high": 3.0}, "last_value")
    assert "(-0.100 to 3.000), which may be none;" in unsure


def test_it_runs_from_the_command_line_and_says_the_same_twice(tmp_path, capsys):
    words = ["--days", "24", "--shifts", "3", "--copies", "5"]
    results: list[dict] = []
    for name in ("one.json", "other.json"):
        assert oracle.main([*words, "--out", str(tmp_path / name)]) == 0
        results.append(json.loads((tmp_path / name).read_text()))
    assert results[0] == results[1]
    assert results[0]["plant"]["timezone"] == ZONE
    said = capsys.readouterr().out
    assert "the last 3 shifts of 3 machines, 5 copies" in said
    assert "to the oracle there is room" in said or "nothing to learn" in said
