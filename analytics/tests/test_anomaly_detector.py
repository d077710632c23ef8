"""What every detector of odd rows must do, asked of each."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.ml.anomaly.detector import MEMORY
from analytics.ml.anomaly.panel import DETECTORS

pytestmark = pytest.mark.parametrize("kind", list(DETECTORS.values()), ids=list(DETECTORS))


def normal(rows=600, signals=3, seed=7):
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, signals))
    if signals > 1:
        values[:, 1] = 0.9 * values[:, 0] + 0.3 * values[:, 1]
    return values, np.arange(rows)


def test_a_row_far_from_normal_is_farther_than_almost_all_normal_ones(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    later, _ = normal(seed=8)
    usual = np.quantile(detector.distance(later, age), 0.99)
    later[300:306] += 8.0
    assert detector.distance(later, age)[305] > usual


def test_it_says_one_finite_number_a_row_and_one_a_signal(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    assert detector.distance(rows, age).shape == (600,)
    assert np.isfinite(detector.distance(rows, age)).all()
    assert (detector.distance(rows, age) >= 0).all()
    assert detector.blame(rows, age).shape == (600, 3)
    assert (detector.blame(rows, age) >= 0).all()
    assert detector.distance(rows[:0], age[:0]).shape == (0,)


def test_the_signal_that_is_off_is_blamed_most_if_any_is(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    rows[500:510, 2] += 9.0
    blame = detector.blame(rows, age)[508]
    assert blame.max() == blame[2]


def test_the_same_rows_give_the_same_detector_to_the_bit(kind):
    rows, age = normal()
    one, other = kind.fit(rows, age), kind.fit(rows.copy(), age.copy())
    np.testing.assert_array_equal(one.distance(rows, age), other.distance(rows, age))


def test_no_row_knows_a_later_one(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    whole = detector.distance(rows, age)
    rows[400:] = 99.0
    np.testing.assert_array_equal(detector.distance(rows, age)[:400], whole[:400])
    np.testing.assert_array_equal(detector.distance(rows[:400], age[:400]), whole[:400])


def test_no_row_remembers_longer_than_it_says(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    whole = detector.distance(rows, age)
    part = detector.distance(rows[300:], age[300:])
    np.testing.assert_allclose(part[MEMORY - 1 :], whole[300 + MEMORY - 1 :], atol=1e-12)


def test_it_comes_back_from_its_arrays(kind):
    rows, age = normal()
    detector = kind.fit(rows, age)
    again = kind.of(detector.arrays())
    np.testing.assert_array_equal(again.distance(rows, age), detector.distance(rows, age))


@pytest.mark.parametrize("signals", [1, 2, 9])
def test_any_number_of_signals_will_do(kind, signals):
    rows, age = normal(signals=signals)
    assert np.isfinite(kind.fit(rows, age).distance(rows, age)).all()


def test_rows_that_never_moved_are_no_error(kind):
    rows, age = np.zeros((300, 2)), np.arange(300)
    detector = kind.fit(rows, age)
    still = detector.distance(rows, age)
    assert np.isfinite(still).all()
