"""What is shown of a model comes from shifts that it was neither learned nor calibrated on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.ml.downtime import silent
from analytics.ml.judgement import WEEK_US, Judgement, judge
from analytics.ml.sufficiency import require_enough
from analytics.ml.training import Asked, Fitted, fit_members, learned_and_held_back
from analytics.tests.plants import plant


@cache
def fitted() -> tuple[Fitted, Asked, np.ndarray, np.ndarray]:
    """Of a plant in which one of the machines is planned for ten hours and not for eight."""
    history = plant(4, 150)
    history = replace(history, planned_min=np.where(history.machine == 1, 600.0, 480.0))
    learn, held = learned_and_held_back(history, require_enough(history), ahead=False)
    row = held.row
    return fit_members(learn, held, silent), held, history.machine[row], history.start_us[row]


def judged(actual_min: np.ndarray | None = None) -> Judgement:
    members, held, machine, start_us = fitted()
    held = held if actual_min is None else replace(held, actual_min=actual_min)
    return judge(members, held, machine=machine, start_us=start_us)


def test_shifts_held_back_are_later_than_all_that_were_learned():
    history = plant(4, 150)
    learn, held = learned_and_held_back(history, require_enough(history), ahead=False)
    assert history.start_us[learn.row].max() < history.start_us[held.row].min()
    assert len(held.row) >= 100
    assert len(learn.row) + len(held.row) == len(history)


@pytest.mark.parametrize("place", [0, 40, 80, 110])
def test_how_a_shift_turned_out_is_not_in_what_is_said_of_it(place):
    actual = fitted()[1].actual_min
    other = actual.copy()
    other[place] = 470.0 if actual[place] < 200 else 0.0
    one, changed = judged(), judged(other)
    assert one.guard.serves == changed.guard.serves
    np.testing.assert_array_equal(one.promise.bands[place], changed.promise.bands[place])
    assert one.promise.median[place] == changed.promise.median[place]
    assert one.promise.chance[place] == changed.promise.chance[place]
    # Nor of any other in its week, which good and bad days have in common.
    week = fitted()[3] // WEEK_US
    same = week == week[place]
    np.testing.assert_array_equal(one.promise.bands[same], changed.promise.bands[same])
    # It is in what is said of others: else the same would be said whatever happens.
    assert (one.promise.bands != changed.promise.bands).any()


def test_the_error_is_that_of_what_was_said_and_naive_is_measured_on_the_same_shifts():
    found, actual = judged(), fitted()[1].actual_min
    assert found.ours == pytest.approx(np.abs(actual - found.promise.median).mean())
    naive = np.abs(actual - found.naive_min).mean()
    assert found.losses[found.best_naive] == pytest.approx(naive)
    assert found.skill == pytest.approx(1 - found.ours / naive)


def test_where_a_naive_member_serves_it_alone_is_what_is_said():
    """Learned members that err one percent more, and would have been mixed with it otherwise."""
    members, held, machine, start_us = fitted()
    draw = np.random.default_rng(7)
    actual, miss = (draw.uniform(100, 300, len(machine)) for _ in range(2))
    share = held.table.column("planned_min") / 480
    answers = {name: (actual + miss * 0.101) / share for name in members.answers}
    answers |= {"rolling_median_63": actual * 0, "last_value": (actual + miss * 0.1) / share}
    held, fit = replace(held, actual_min=actual), replace(members, answers=answers)
    found = judge(fit, held, machine=machine, start_us=start_us)
    assert found.guard.serves == found.best_naive == "last_value"
    assert found.ensemble.median_weights == {"last_value": 1.0}
    np.testing.assert_allclose(found.promise.median, actual + miss * 0.1)
    assert found.ours == pytest.approx(found.losses["last_value"])
