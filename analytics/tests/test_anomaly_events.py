"""Odd rows as events: merged, dated, and said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.anomaly.events import Cause, events, sentence
from analytics.ml.anomaly.frame import Scores

MINUTE_US = 60_000_000


def scored(rows: int, alarms: list[tuple[int, int]]) -> Scores:
    """Vibration (usually 1.2 to 2.3) is 6.1 in the alarms, temperature stays where it is."""
    on = np.zeros(rows, dtype=bool)
    for first, last in alarms:
        on[first:last] = True
    values = np.column_stack([np.full(rows, 61.0), np.where(on, 6.1, 1.7)])
    share = np.tile([0.1, 0.9], (rows, 1))
    return Scores(
        machine="M001",
        names=("temperature", "vibration"),
        time_us=np.arange(rows) * MINUTE_US,
        values=values,
        score=np.where(on, 0.9999, 0.5),
        level=np.where(on, 4.0, 0.3),
        is_anomaly=on,
        share=share,
        fitting=np.tile([61.0, 1.7], (rows, 1)),
        expected_low=np.array([52.0, 1.2]),
        expected_high=np.array([68.0, 2.3]),
    )


def test_an_event_says_when_where_and_how_far_off():
    (event,) = events(scored(200, [(100, 130)]), {"vibration": "mm/s"})
    assert (event.machine, event.start_us, event.end_us) == (
        "M001", 100 * MINUTE_US, 130 * MINUTE_US,
    )  # fmt: skip
    assert event.score == 0.9999
    assert event.sentence == "Vibration 6.1 mm/s, usually 1.2–2.3"
    (cause,) = event.causes
    assert (cause.signal, cause.direction, cause.before) == ("vibration", "high", 1.7)


def test_alarms_close_together_are_one_event():
    assert len(events(scored(200, [(100, 110), (130, 150)]))) == 1


def test_alarms_far_apart_are_two_events():
    two = events(scored(200, [(50, 60), (118, 130)]))
    assert [event.start_us // MINUTE_US for event in two] == [50, 118]
    assert [len(event.causes) for event in two] == [1, 1]


def test_a_signal_out_of_its_range_is_told_alone_and_usual_ones_only_without_it():
    scores = scored(200, [(100, 130)])
    both = replace(scores, share=np.tile([0.5, 0.5], (200, 1)))
    (event,) = events(both)
    assert [cause.signal for cause in event.causes] == ["vibration"]
    usual = replace(both, values=np.tile([61.0, 1.7], (200, 1)))
    (event,) = events(usual)
    assert {cause.signal for cause in event.causes} == {"temperature", "vibration"}


def test_no_alarm_is_no_event():
    assert events(scored(200, [])) == []


def test_an_alarm_that_goes_on_ends_with_the_last_row():
    (event,) = events(scored(200, [(190, 200)]))
    assert event.end_us == 200 * MINUTE_US


def cause(**changes) -> Cause:
    usual = {
        "signal": "pressure", "share": 0.8, "direction": "low", "value": 5.9, "low": 5.5,
        "high": 6.2, "before": 6.0, "fitting": 6.1,
    }  # fmt: skip
    return Cause(**(usual | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 4.91}, "Pressure 4.91 bar, usually 5.50–6.20"),
        ({"fitting": 6.1}, "Pressure 5.90 bar, but the other signals suggest 6.10"),
        ({"before": 5.6}, "Pressure 5.90 bar, 5.60 before"),
        (
            {"before": np.nan, "fitting": 5.7},
            "Pressure 5.90 bar, but the other signals suggest 5.70",
        ),
        ({"low": -0.4, "high": 0.3, "value": -1.24}, "Pressure −1.24 bar, usually −0.40 to 0.30"),
        ({"low": 0.0, "high": 300.0, "value": 512.3}, "Pressure 512 bar, usually 0–300"),
        ({"low": 5.0, "high": 5.0, "value": 7.0}, "Pressure 7.00 bar, usually 5.00–5.00"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_value_and_what_makes_it_odd(changes, said):
    assert sentence(cause(**changes), {"pressure": "bar"}) == said


def test_without_a_unit_there_is_none():
    assert sentence(cause(value=9.0), {}) == "Pressure 9.00, usually 5.50–6.20"
