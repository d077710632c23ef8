"""Recommendations: worked examples of what is said, and what is not."""

from __future__ import annotations

import pytest

from analytics.ml.recommend import MachineOutlook, recommendations
from analytics.ml.remedies import remedy


def outlook(machine_id: str = "M002", **changes) -> MachineOutlook:
    usual = {
        "machine_id": machine_id, "machine_name": "Filler", "risk": "medium",
        "p_downtime_30": 0.14, "expected_min": 12.0, "down_now": False,
    }  # fmt: skip
    return MachineOutlook(**(usual | changes))


JAMS = (("jam", 9, 62.0), ("tool broken", 2, 48.0), ("no reason given", 5, 30.0))


def test_the_main_reason_of_the_stops_is_named_with_its_minutes():
    (one,) = recommendations(
        [outlook(stops=JAMS, factors=(("recent", "3 stops last shift, usually 1.2", 14.0),))],
        shift="Late",
    )
    assert one.text == (
        "Jam (9 times) made 62 of 140 min of M002's stops in 7 days: check guides and feed before"
        " the Late shift"
    )
    assert one.because == (
        "14 % chance of 30 min of downtime or more in the Late shift, 12 min expected; 3 stops last"
        " shift, usually 1.2 (+14 min)"
    )
    assert (one.priority, one.machine_id) == ("medium", "M002")


def test_a_machine_that_is_down_comes_first_and_says_since_when():
    down = outlook(
        "M003", risk="critical", down_now=True, expected_min=48.0, stops=JAMS,
        factors=(("standing", "Down now for 15 min", 30.0),),
    )  # fmt: skip
    first, second = recommendations([outlook(stops=JAMS), down])
    assert (first.priority, first.machine_id) == ("high", "M003")
    assert first.text == (
        "Get M003 running (down now for 15 min): 48 min of downtime are expected in the next shift"
    )
    assert first.because == (
        "Jam (9 times) made 62 of 140 min of M003's stops in 7 days: check guides and feed first"
    )
    assert second.machine_id == "M002"


def test_an_open_anomaly_is_to_be_inspected():
    odd = outlook(risk="low", open_anomalies=("Vibration 6.1 mm/s, usually 1.2–2.3",))
    (one,) = recommendations([odd])
    assert one.text == (
        "Vibration 6.1 mm/s, usually 1.2–2.3: inspect M002 before the next shift, then confirm or"
        " dismiss it"
    )
    assert one.priority == "medium"


@pytest.mark.parametrize(
    ("more", "said"), [(1, "; one more odd event is open"), (3, "; 3 more odd events are open")]
)
def test_further_anomalies_are_counted(more, said):
    odd = outlook(open_anomalies=("Pressure 4.9 bar, usually 5.5–6.2", *["x"] * more))
    assert recommendations([odd])[0].because.endswith(said)


def test_a_factor_that_adds_minutes_is_told_when_the_stops_say_nothing():
    signal = ("process", "temperature 71 on average last shift, usually 62", 9.0)
    (one,) = recommendations([outlook(risk="high", factors=(signal, ("fleet", "x", 40.0)))])
    assert one.text == (
        "Temperature 71 on average last shift, usually 62: look for the cause on M002 before the"
        " next shift"
    )
    assert one.because.startswith("It adds 9 min to what is usual; 14 % chance of 30 min")
    assert one.priority == "high"


def test_maintenance_long_ago_is_brought_forward_when_the_machine_keeps_stopping():
    (one, _) = recommendations(
        [outlook(stops=(("a", 2, 9.0), ("b", 2, 9.0), ("", 5, 30.0)), last_maintenance=41.0)]
    )
    assert one.text == (
        "M002 stopped 9 times in 7 days and was last maintained 41 days ago: bring its maintenance"
        " forward"
    )


def test_stops_without_a_reason_are_to_be_named():
    (one,) = recommendations(
        [outlook(risk="low", stops=(("no reason given", 8, 88.0), ("jam", 3, 20.0)))], days=14
    )
    assert one.text == ("88 of 108 min of M002's stops in 14 days have no reason: name them")
    assert one.priority == "low"


@pytest.mark.parametrize(
    "quiet",
    [
        {},
        {"risk": "low", "stops": (("jam", 3, 25.0),)},
        {"stops": (("jam", 1, 4.0),)},
        {"stops": (("a", 1, 30.0), ("b", 1, 30.0), ("c", 1, 30.0))},
        {"factors": (("process", "x", 1.0),)},
        {"risk": "low", "factors": (("process", "x", 9.0),)},
        {"last_maintenance": 90.0},
    ],
)
def test_where_there_is_nothing_to_say_nothing_is_said(quiet):
    assert recommendations([outlook(**quiet)]) == []


def test_no_machine_fills_the_list_and_the_list_has_an_end():
    busy = {
        "stops": JAMS, "open_anomalies": ("Pressure 4.9 bar, usually 5.5–6.2",),
        "last_maintenance": 60.0, "factors": (("output", "Defect rate 6.0 % last shift", 9.0),),
    }  # fmt: skip
    machines = [outlook(f"M{n:03}", expected_min=float(n), **busy) for n in range(9)]
    found = recommendations(machines)
    assert len(found) == 8
    assert [one.machine_id for one in found[:4]] == ["M008", "M008", "M007", "M007"]
    assert len(recommendations(machines, limit=3)) == 3


def test_the_order_in_which_machines_are_given_does_not_matter():
    machines = [outlook(name, stops=JAMS) for name in ("M001", "M002", "M003")]
    assert recommendations(machines) == recommendations(machines[::-1])


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Conveyor belt worn", "check the wear and have the spare part ready"),
        ("Hydraulic leak", "check seals and hoses"),
        ("Overheating", "check cooling and load"),
        ("Bourrage", "find its cause"),
    ],
)
def test_a_reason_has_a_remedy_by_its_words(reason, said):
    assert remedy(reason) == said
