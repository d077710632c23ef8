"""A shift's time elements add up to the second, and OEE is one ratio whichever way it is
computed.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amis.interval import Interval
from production.shopfloor.packml import STATES, TimeClass
from production.shopfloor.record import shift_totals, submitted_totals, us
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.states import state_spans
from production.shopfloor.stops import is_minor, stops

START = datetime(2026, 11, 19, 6, tzinfo=UTC)
SHIFT = PlannedShift(
    date(2026, 11, 19),
    "Day",
    Interval(START, START + timedelta(hours=8)),
    (Interval(START + timedelta(hours=4), START + timedelta(hours=4, minutes=30)),),
)
EXECUTE, HELD, RESETTING, SUSPENDED = 6.0, 11.0, 15.0, 5.0


def at(minute: float) -> int:
    return us(START) + round(minute * 60e6)


def spans_of(*changes: tuple[float, float], until: float = 480, **extra):
    times = np.array([at(minute) for minute, _ in changes], dtype=np.int64)
    codes = np.array([code for _, code in changes])
    return state_spans(
        track=(times, codes), state_map=STATES, start_us=at(0), end_us=at(until), **extra
    )


def totals_of(spans, *, made=(), scrap=(), until=480, pri_s=60.0):
    def track(minutes):
        return np.array([at(m) for m in minutes], dtype=np.int64), np.ones(len(minutes), dtype=int)

    return shift_totals(
        shift=SHIFT,
        spans=spans,
        produced=track(made),
        defective=track(scrap),
        rework=None,
        pri_s=pri_s,
        until=START + timedelta(minutes=until),
    )


def test_the_golden_shift():
    """POT 480, break 30, APT 387, 63 min down; 370 pieces of 1 min, 15 of them scrap."""
    spans = spans_of((0, EXECUTE), (300, HELD), (363, EXECUTE))
    record = totals_of(spans, made=np.linspace(1, 470, 370), scrap=np.linspace(1, 470, 15))
    assert (record.pot_s, record.planned_down_s, record.pbt_s) == (28_800, 1_800, 27_000)
    assert (record.apt_s, record.adet_s) == (387 * 60, 63 * 60)
    assert (record.pq, record.gq, record.sq) == (370, 355, 15)
    assert record.oee == pytest.approx(0.788889, abs=5e-7)


def test_a_break_is_planned_whatever_the_machine_does():
    spans = spans_of((0, EXECUTE), (230, HELD), (280, EXECUTE))
    assert totals_of(spans).adet_s == (10 + 10) * 60


def test_silence_is_neither_busy_nor_a_stop():
    spans = spans_of((0, EXECUTE), outages=[(at(60), at(90))])
    record = totals_of(spans)
    assert (record.no_data_s, record.adet_s) == (30 * 60, 0)
    assert record.pbt_s == 420 * 60
    assert [s.cause for s in spans if s.state is None] == ["outage"]


def test_time_before_the_first_code_is_no_data():
    assert totals_of(spans_of((100, EXECUTE))).no_data_s == 100 * 60


def test_an_unmapped_code_is_no_data_and_says_so():
    assert [(s.state, s.cause) for s in spans_of((0, 77.0))] == [(None, "unmapped")]


def test_suspended_names_its_cause():
    starved = (np.array([at(0), at(50)]), np.array([0.0, 1.0]))
    spans = spans_of((0, EXECUTE), (60, SUSPENDED), starved=starved)
    assert (spans[-1].state, spans[-1].cause) == ("Suspended", "starved")


def test_a_stop_is_cut_by_a_break_and_a_set_up_after_it_is_its_own():
    spans = spans_of((0, EXECUTE), (230, HELD), (280, RESETTING), (300, EXECUTE))
    halts = totals_of(spans).stops
    assert [(s.start_us, s.end_us, s.time_class) for s in halts] == [
        (at(230), at(240), TimeClass.ADET),
        (at(270), at(280), TimeClass.ADET),
        (at(280), at(300), TimeClass.AUST),
    ]


def test_stops_of_neighbouring_states_are_one_stop():
    halts = stops(
        spans_of((0, EXECUTE), (10, 8.0), (11, 9.0), (20, EXECUTE)), busy=[(at(0), at(480))]
    )
    assert [(s.state, s.duration_s) for s in halts] == [("Aborting", 600)]


def test_a_short_delay_is_a_minor_stop_and_no_failure():
    record = totals_of(
        spans_of((0, EXECUTE), (10, HELD), (11.9, EXECUTE), (20, HELD), (25, EXECUTE))
    )
    assert [is_minor(s) for s in record.stops] == [True, False]
    assert (record.failures, record.repair_s) == (1, 300)


def test_a_running_shift_counts_until_now():
    record = totals_of(spans_of((0, EXECUTE), until=100), until=100)
    assert (record.pot_s, record.pbt_s, record.apt_s) == (6_000, 6_000, 6_000)


def test_a_shift_without_a_piece_has_an_oee_of_zero():
    assert totals_of(spans_of((0, HELD))).oee == 0


def test_without_an_ideal_cycle_oee_is_not_defined():
    assert totals_of(spans_of((0, EXECUTE)), pri_s=None).oee is None


def test_a_submitted_figure_stands_for_the_whole_shift():
    record = submitted_totals(
        shift=SHIFT, pri_s=60, units_produced=370, defective_units=15, downtime_min=63
    )
    assert (record.apt_s, record.pbt_s) == (387 * 60, 450 * 60)
    assert record.oee == pytest.approx(0.788889, abs=5e-7)
    unknown = submitted_totals(
        shift=SHIFT, pri_s=60, units_produced=None, defective_units=None, downtime_min=None
    )
    assert (unknown.apt_s, unknown.gq, unknown.oee) == (None, None, None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 479), st.sampled_from([*map(float, STATES), 77.0])), max_size=30
    ),
    st.integers(1, 480),
)
def test_the_time_elements_close_whatever_happened(changes, until):
    changes = sorted({minute: code for minute, code in changes}.items())
    spans = spans_of(*changes, until=until)
    assert spans[0].start_us == at(0)
    assert spans[-1].end_us == at(until)
    assert all(a.end_us == b.start_us for a, b in itertools.pairwise(spans))
    record = totals_of(spans, until=until)
    assert record.pot_s == pytest.approx(record.planned_down_s + record.no_data_s + record.pbt_s)
    parts = record.apt_s + record.aust_s + record.adet_s + record.adot_s
    assert parts == pytest.approx(record.pbt_s, abs=1e-3)


@pytest.mark.parametrize("junk", [np.inf, -np.inf, 6.5])
def test_a_code_that_is_no_whole_number_is_unmapped(junk):
    span = spans_of((0, EXECUTE), (10, junk), (20, EXECUTE))[1]
    assert (span.start_us, span.end_us) == (at(10), at(20))
    assert (span.state, span.cause) == (None, "unmapped")


def test_suspending_names_its_cause_too():
    blocked = (np.array([at(0)]), np.array([1.0]))
    assert [s.cause for s in spans_of((0, 13.0), blocked=blocked)] == ["blocked"]


def test_a_stop_takes_a_cause_that_arrives_after_its_state():
    blocked = (np.array([at(61)]), np.array([1.0]))
    record = totals_of(spans_of((0, EXECUTE), (60, SUSPENDED), (90, EXECUTE), blocked=blocked))
    assert [(s.start_us, s.end_us, s.cause) for s in record.stops] == [(at(60), at(90), "blocked")]


def test_time_that_no_span_covers_is_no_data():
    record = totals_of(spans_of((0, EXECUTE), until=60))
    assert (record.pbt_s, record.apt_s, record.no_data_s) == (60 * 60, 60 * 60, 390 * 60)
