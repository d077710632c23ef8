"""The model: the same seed lives the same life, pieces are conserved, wear shows before stops."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from plc_sim.kinds import (
    ABORTED,
    BUFFER_PIECES,
    DEFECTIVE,
    EXECUTE,
    HELD,
    IDLE,
    INT32_MAX,
    MODE,
    PROCESSED,
    STATE,
    STOPPED,
    SUSPENDED,
)
from plc_sim.machine import Plant
from plc_sim.panel import Progress
from plc_sim.tests.conftest import EPOCH, new_plant
from plc_sim.timetable import DAY, HOUR, MINUTE, SECOND, Timetable, micros, moment

WAITING_PLACES = BUFFER_PIECES + 2  # the buffer, the piece in work and the one still held


def test_the_same_seed_lives_the_same_life(ten_days: Progress) -> None:
    again = new_plant().advance(EPOCH + 10 * DAY)
    assert again == ten_days
    other = new_plant(seed=8).advance(EPOCH + DAY).changes
    assert other[:500] != ten_days.changes[:500]


def test_many_steps_tell_the_same_as_one(ten_days: Progress) -> None:
    plant, changes, events, pieces = new_plant(), [], [], []
    steps = np.sort(np.random.default_rng(7).integers(EPOCH, EPOCH + 10 * DAY, 500))
    for until in [*steps.tolist(), EPOCH + 10 * DAY]:
        progress = plant.advance(until)
        changes += progress.changes
        events += progress.events
        pieces += progress.pieces
    assert Progress(changes, events, pieces) == ten_days


def test_a_plant_cannot_go_back() -> None:
    plant = new_plant()
    plant.advance(EPOCH + HOUR)
    with pytest.raises(ValueError, match="back in time"):
        plant.advance(EPOCH)


def test_counters_rise_in_single_steps_and_in_time_order(ten_days: Progress) -> None:
    times = [change[0] for change in ten_days.changes]
    assert times == sorted(times)
    for machine in range(3):
        for field in (PROCESSED, DEFECTIVE):
            values = [c[3] for c in ten_days.changes if c[1] == machine and c[2] == field]
            assert values == list(range(len(values)))
            assert len(values) > 100


def test_no_node_is_written_twice_at_one_instant(ten_days: Progress) -> None:
    keys = [change[:3] for change in ten_days.changes]
    assert len(set(keys)) == len(keys)


def test_no_piece_appears_between_two_machines(ten_days: Progress) -> None:
    good, done = Counter[int](), Counter[int]()
    for _, machine, is_bad in ten_days.pieces:
        done[machine] += 1
        good[machine] += not is_bad
        for upstream in (0, 1):
            waiting = good[upstream] + BUFFER_PIECES // 2 - done[upstream + 1]
            assert 0 <= waiting <= WAITING_PLACES


def test_states_of_a_machine_follow_each_other_without_a_gap(ten_days: Progress) -> None:
    until = dict.fromkeys(("M001", "M002", "M003"), EPOCH)
    for event in ten_days.events:
        if event.kind == "state":
            assert event.start == until[event.machine_id]
            until[event.machine_id] = event.end
    assert all(end > EPOCH + 9 * DAY for end in until.values())


def test_pieces_are_only_finished_while_the_machine_executes(ten_days: Progress) -> None:
    state = {}
    for _, machine, field, value in ten_days.changes:
        if field == STATE:
            state[machine] = value
        elif field == PROCESSED and value:
            assert state[machine] == EXECUTE


def test_the_line_idles_in_its_breaks_in_local_time(ten_days: Progress) -> None:
    idle = [e for e in ten_days.events if e.kind == "state" and e.state == IDLE]
    starts = {moment(e.start).astimezone(Timetable("America/Chicago").zone).hour for e in idle}
    assert starts == {2, 10, 18}
    assert max(e.end - e.start for e in idle) == 30 * MINUTE


def test_oee_is_believable() -> None:
    days = 60
    plant = new_plant()
    plant.advance(EPOCH + days * DAY)
    for s in plant.stations:
        good_time = (s.processed - s.defective) * s.kind.cycle_us
        assert 0.70 <= good_time / (days * 22.5 * HOUR) <= 0.88


def test_every_kind_of_stop_happens(ten_days: Progress) -> None:
    stops = Counter(e.cause for e in ten_days.events if e.kind == "stop")
    assert {"changeover", "blocked", "starved", "restart", "light curtain"} <= set(stops)
    micro = [e.end - e.start for e in ten_days.events if e.kind == "stop" and e.state == HELD]
    assert 10 * SECOND <= min(micro) <= max(micro) <= 110 * SECOND


def test_a_monday_has_more_stops_than_another_day() -> None:
    plant, per_day = new_plant(), Counter[int]()
    for event in plant.advance(EPOCH + 84 * DAY).events:
        if event.kind == "stop" and event.state in (HELD, ABORTED):
            per_day[plant.timetable.local_day(event.start).weekday()] += 1
    others = np.mean([per_day[day] for day in range(1, 7)])
    assert per_day[0] > 1.4 * others


def test_a_machine_is_hotter_and_shakes_more_before_failures_than_after_maintenance() -> None:
    plant, before, after = new_plant(), defaultdict(list), defaultdict(list)
    running = plant.stations[2]
    for step in range(1, 140 * 48):
        plant.advance(EPOCH + step * 30 * MINUTE)
        if running.state == EXECUTE and plant.now - running.since > 25 * MINUTE:
            side = before if running.wear > 0.65 else after
            if running.wear > 0.65 or running.wear < 0.25:
                values = plant.signals_at("M003", np.array([plant.now]))[:, 0]
                for signal in (0, 1):
                    side[signal].append(values[signal])
    assert len(before[0]) > 50 and len(after[0]) > 50
    assert np.mean(before[0]) > np.mean(after[0]) + 4.0
    assert np.mean(before[1]) > np.mean(after[1]) + 0.5


def test_failures_are_likelier_when_the_machine_is_worn() -> None:
    worn, fresh = new_plant().stations[0], new_plant().stations[0]
    worn.wear, fresh.wear = 0.9, 0.1
    for s in (worn, fresh):
        s.begin_run(EPOCH, monday=False, drift=0.0)
    assert worn.rates[0] > 4 * fresh.rates[0]
    assert worn.rates[1] > 1.5 * fresh.rates[1]


def test_the_bearing_shakes_for_ten_days_and_then_fails_again_and_again() -> None:
    plant = Plant(seed=7, epoch=EPOCH, timezone="UTC")
    drift = plant.drift
    assert drift.failure - drift.start == 10 * DAY
    known = plant.drift_event()
    assert (known.machine_id, known.kind, known.start) == ("M002", "fault", drift.start)
    plant.advance(drift.start)
    calm = _vibration(plant, drift.start)
    plant.advance(drift.failure - HOUR)
    assert _vibration(plant, drift.failure - HOUR) > calm + 2.0
    events = plant.advance(drift.replaced + DAY).events
    bearing = [e for e in events if e.kind == "stop" and e.cause == "bearing"]
    assert bearing[0].start == drift.failure and len(bearing) >= 3
    assert _vibration(plant, drift.replaced + DAY) < calm + 1.0


def _vibration(plant: Plant, t: int) -> float:
    """The highest vibration in the six hours before."""
    times = np.arange(t - 6 * HOUR, t, MINUTE)
    return float(np.percentile(plant.signals_at("M002", times)[1], 90))


def test_signals_are_a_function_of_time_alone() -> None:
    plant = new_plant()
    plant.advance(EPOCH + DAY)
    times = np.arange(EPOCH, EPOCH + DAY, 10 * SECOND)
    together = plant.signals_at("M001", times)
    alone = np.hstack([plant.signals_at("M001", times[i : i + 1]) for i in range(0, 8640, 97)])
    assert np.array_equal(together[:, ::97], alone)
    assert np.abs(np.diff(together[0])).max() < 2.0


def test_an_injected_fault_stops_the_machine_at_once() -> None:
    plant = new_plant()
    plant.advance(EPOCH + HOUR)
    plant.inject_fault("M002", "failure")
    events = plant.advance(EPOCH + 2 * HOUR).events
    fault = next(e for e in events if e.kind == "fault")
    stop = next(e for e in events if e.kind == "stop" and e.machine_id == "M002")
    assert (fault.start, fault.cause) == (EPOCH + HOUR, "failure")
    assert (stop.start, stop.state, stop.end) == (EPOCH + HOUR, ABORTED, fault.end)
    with pytest.raises(ValueError, match="jam"):
        plant.inject_fault("M002", "earthquake")


def test_maintenance_takes_the_wear_away_and_shows_its_mode() -> None:
    plant = new_plant()
    plant.advance(EPOCH + 6 * HOUR)
    plant.maintain("M001")
    changes = plant.advance(EPOCH + 7 * HOUR).changes
    modes = [(c[0], c[3]) for c in changes if c[1] == 0 and c[2] == MODE]
    assert modes == [(EPOCH + 6 * HOUR, 2), (EPOCH + 6 * HOUR + 15 * MINUTE, 1)]
    assert next(c[3] for c in changes if c[1:3] == (0, STATE)) == STOPPED
    assert plant.stations[0].wear < 0.1


def test_counters_can_be_reset_and_roll_over_to_zero() -> None:
    plant = new_plant()
    plant.advance(EPOCH + 3 * HOUR)
    plant.roll_over("M001")
    values = [c[3] for c in plant.advance(EPOCH + 4 * HOUR).changes if c[1:3] == (0, PROCESSED)]
    assert values[:6] == [INT32_MAX - 3, INT32_MAX - 2, INT32_MAX - 1, INT32_MAX, 0, 1]
    plant.reset_counters("M001")
    assert (plant.stations[0].processed, plant.stations[0].defective) == (0, 0)


def test_the_press_blocks_the_assembly_before_it_when_it_fails() -> None:
    plant = new_plant()
    plant.advance(EPOCH + 30 * MINUTE)
    for _ in range(12):
        plant.inject_fault("M002", "bearing")
        plant.advance(plant.now + 15 * MINUTE)
    assert plant.stations[0].state == SUSPENDED and plant.stations[0].blocked
    assert plant.stations[2].state == SUSPENDED and plant.stations[2].starved


def test_two_hundred_machines_are_lines_of_three() -> None:
    plant = new_plant(machines=200)
    plant.advance(EPOCH + 2 * HOUR)
    assert [s.machine_id for s in plant.stations[:4]] == ["M001", "M002", "M003", "M004"]
    assert plant.stations[3].supply is None and plant.stations[4].supply is plant.stations[3]
    assert all(s.processed > 20 for s in plant.stations)


def test_a_break_in_a_clock_change_keeps_its_length() -> None:
    night = micros(datetime(2026, 10, 31, 12, tzinfo=UTC))
    breaks = Timetable("America/Chicago").breaks_from(night)
    starts = [next(breaks)[0] for _ in range(6)]
    assert [b - a for a, b in pairwise(starts)] == [
        8 * HOUR,
        9 * HOUR,
        8 * HOUR,
        8 * HOUR,
        8 * HOUR,
    ]
