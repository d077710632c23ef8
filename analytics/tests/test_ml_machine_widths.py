"""A machine whose stops vary more than its neighbours' gets the wider interval that it needs."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.ml.bands import bands
from analytics.ml.machine_widths import machine_widths

SPREADS = (10.0, 10.0, 20.0)


def plant(seed: int, shifts: int = 2000):
    """Minutes of three machines, the last of which varies twice as much."""
    dice = np.random.default_rng(seed)
    machine = np.repeat(np.arange(3), shifts)
    actual = np.clip(120 + dice.normal(size=3 * shifts) * np.array(SPREADS)[machine], 0, 480)
    median = np.full(3 * shifts, 120.0)
    return actual, median, machine


def around(found, median):
    return found.around(median, median, np.zeros(len(median), np.int64))


def coverage(band, actual, rows, low):
    return ((band[:, low] <= actual) & (actual <= band[:, low + 1]))[rows].mean()


@pytest.fixture(scope="module")
def learned():
    actual, median, machine = plant(7)
    state = np.zeros(len(actual), np.int64)
    found = bands(actual, median, expected=median, state=state)
    return found, machine_widths(actual, median, around(found, median), machine)


@pytest.mark.parametrize(("low", "level"), [(0, 0.8), (2, 0.95)])
def test_the_machine_that_varies_most_is_covered_on_new_shifts_too(learned, low, level):
    found, widths = learned
    actual, median, machine = plant(11)
    band = around(found, median)
    before = coverage(band, actual, machine == 2, low)
    after = coverage(widths.fitted(band, median, machine), actual, machine == 2, low)
    assert before < level - 0.05
    assert after > level - 0.04


def test_no_machine_gets_less_than_its_state_and_an_unknown_one_gets_just_that(learned):
    found, widths = learned
    _, median, machine = plant(11)
    band = around(found, median)
    drawn = widths.fitted(band, median, machine)
    assert (drawn[:, [0, 2]] <= band[:, [0, 2]]).all()
    assert (drawn[:, [1, 3]] >= band[:, [1, 3]]).all()
    unknown = np.full(len(median), 3)
    assert (widths.fitted(band, median, unknown) == band).all()


def test_a_handful_of_shifts_changes_little():
    median, band = np.full(3, 10.0), np.tile([5.0, 15.0, 0.0, 20.0], (3, 1))
    widths = machine_widths(np.full(3, 100.0), median, band, np.zeros(3, np.int64))
    assert (widths.factors < 1.15).all()


def test_shifts_whose_interval_has_no_width_say_nothing():
    none = np.zeros((50, 4))
    actual, machine = np.full(50, 60.0), np.zeros(50, np.int64)
    assert (machine_widths(actual, np.zeros(50), none, machine).factors == 1).all()
