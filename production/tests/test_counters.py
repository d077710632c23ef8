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
