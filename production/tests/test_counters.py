"""Totals become pieces: never negative, never a spike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from production.shopfloor.counters import increments


def pieces(*totals: float, previous: float | None = None, bits: int = 32):
    return increments(np.array(totals, dtype=float), previous=previous, bits=bits)


def test_the_first_total_ever_is_only_a_base_line():
    assert pieces(500, 501, 503).amounts.tolist() == [0, 1, 2]


def test_a_known_previous_total_counts_the_first_step():
    assert pieces(500, 501, previous=498).amounts.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("bits", "before", "after", "made"),
    [
        (16, 65534, 3, 5),
        (16, 32766, 1, 3),
        (16, 32767, -32768, 1),
        (32, 2147483646, 2, 4),
        (32, 4294967295, 0, 1),
        (32, 2147483647, -2147483648, 1),
    ],
)
def test_a_rollover_counts_the_way_round(bits, before, after, made):
    result = pieces(after, previous=before, bits=bits)
    assert result.amounts.tolist() == [made]
    assert [event.kind for event in result.events] == ["rollover"]


@pytest.mark.parametrize(("before", "after"), [(400, 0), (40_000, 7), (70_000, 12)])
def test_a_reset_counts_what_was_made_since(before, after):
    result = pieces(after, previous=before)
    assert result.amounts.tolist() == [after]
    assert [event.kind for event in result.events] == ["counter_reset"]


def test_an_unknown_total_counts_nothing_and_loses_nothing():
    assert pieces(10, np.nan, 13, previous=9).amounts.tolist() == [1, 0, 3]


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=60),
    st.sampled_from([16, 32]),
    st.booleans(),
)
def test_whatever_the_width_the_sum_of_pieces_is_what_was_made(steps, bits, signed):
    limit = 2 ** (bits - 1) if signed else 2**bits
    start = limit - 30
    totals = [(start + sum(steps[: i + 1])) % limit for i in range(len(steps))]
    result = pieces(*totals, previous=start, bits=bits)
    assert result.amounts.sum() == sum(steps)


@pytest.mark.parametrize("junk", [np.inf, -np.inf, 1e300])
def test_a_total_that_is_no_number_of_pieces_counts_nothing(junk):
    assert pieces(1, junk, 5, previous=0).amounts.tolist() == [1, 0, 4]


@pytest.mark.parametrize(
    ("totals", "amounts"),
    [
        ((100_000, 0, 100_001, 100_002), [0, 0, 1, 1]),
        ((100_000, 0, 0, 100_001), [0, 0, 0, 1]),
        ((1_000, 60_000, 1_001, 1_002), [0, 0, 1, 1]),
        ((4_294_967_290, 3, 4_294_967_291), [0, 0, 1]),
        ((1_000, 2_147_483_640, 1_001), [0, 0, 1]),
        ((1_005, 1_003, 1_004, 1_006), [0, 0, 0, 1]),
        ((1_005, 1_004, 0, 1, 2), [0, 0, 0, 1, 1]),
        ((1_005, 1_003), [0, 0]),
    ],
)
def test_a_total_that_strays_or_is_set_back_makes_no_pieces(totals, amounts):
    result = pieces(*totals, previous=totals[0])
    assert result.amounts.tolist() == amounts
    assert result.events


def test_a_batch_counter_counts_every_batch():
    assert pieces(0, 40, 0, 40, 0, 41, previous=0).amounts.sum() == 121


@given(
    st.lists(st.integers(0, 5), min_size=2, max_size=40),
    st.integers(0, 39),
    st.integers(-(2**31), 2**32),
)
def test_one_wrong_total_among_many_is_never_a_spike(steps, where, wrong):
    totals = np.cumsum([5_000, *steps]).astype(float)
    made = totals[-1] - totals[0]
    totals[1 + where % (len(steps) - 1)] = wrong
    result = pieces(*totals, previous=5_000)
    assert (result.amounts >= 0).all()
    assert abs(result.amounts.sum() - made) <= 300
