"""Intervals, chances, weights and levels, each on made-up shifts with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ml.bands import bands, bands_from
from analytics.ml.best_naive import best_naive
from analytics.ml.ensemble import near_best, weigh
from analytics.ml.logistic import logistic
from analytics.ml.regressors import NAIVE
from analytics.ml.reliability import FEWEST, merged_bins, reliability, told_together, wilson
from analytics.ml.risk import LEVELS, risk_of
from analytics.ml.selection import absolute_loss, select, squared_loss
from analytics.ml.standing import DOWN_NOW, RECENTLY_STOPPED, RUNNING


def shifts(number: int, seed: int = 7):
    """Running machines rarely stop, those that are down mostly stay down."""
    draw = np.random.default_rng(seed)
    state = np.where(draw.random(number) < 0.2, DOWN_NOW, RUNNING)
    stops = np.where(draw.random(number) < 0.1, draw.exponential(60, number), 0.0)
    stays = np.where(draw.random(number) < 0.7, 480.0, draw.uniform(0, 480, number))
    actual = np.clip(np.where(state == DOWN_NOW, stays, stops), 0, 480)
    median = np.where(state == DOWN_NOW, 480.0, 0.0)
    return actual, median, state


def test_intervals_hold_their_level_in_each_state_on_other_shifts():
    actual, median, state = shifts(3000)
    found = bands(actual, median, expected=median, state=state)
    later, said, then = shifts(3000, seed=8)
    low80, high80, low95, high95 = found.around(said, said, then).T
    for one in (RUNNING, DOWN_NOW):
        rows = then == one
        assert ((low80 <= later) & (later <= high80))[rows].mean() >= 0.78
        assert ((low95 <= later) & (later <= high95))[rows].mean() >= 0.935
    assert (low95[then == DOWN_NOW] > 0).any() and (high95[then == RUNNING] < 480).any()


def few(number: int, state: int, *, worst: float = 0.0):
    """400 shifts that mostly run, with so many of another state that are as calm, but for one."""
    draw = np.random.default_rng(7)
    actual = draw.exponential(20, 400)
    held = np.zeros(400, np.int64)
    held[:number] = state
    actual[:number] = np.linspace(5, 35, number)
    actual[0] = max(actual[0], worst)
    return bands(actual, np.full(400, 14.0), expected=np.full(400, 20.0), state=held)


def band_of(found, state: int, *, expected: float = 20.0):
    one = np.array([expected])
    return found.around(np.full(1, 14.0), one, np.array([state]))[0]


def test_a_state_with_few_shifts_borrows_those_of_the_nearest_and_says_so():
    found = few(5, RECENTLY_STOPPED)
    assert found.merged == (
        "recently stopped: 5 shifts are fewer than 39, so its interval is drawn from “running”"
        " too.",
    )
    assert 40 < band_of(found, RECENTLY_STOPPED)[3] < 200


@pytest.mark.parametrize("number", [1, 3, 12, 30])
def test_one_bad_shift_of_a_state_with_few_does_not_make_its_range_the_whole_shift(number):
    calm, bad = few(number, RECENTLY_STOPPED), few(number, RECENTLY_STOPPED, worst=450)
    assert band_of(bad, RECENTLY_STOPPED)[3] < 250
    assert band_of(bad, RECENTLY_STOPPED)[3] >= band_of(calm, RECENTLY_STOPPED)[3]


def test_a_state_with_few_shifts_is_never_surer_than_most_of_its_own_ask_for():
    draw = np.random.default_rng(7)
    state = np.zeros(400, np.int64)
    state[:20] = DOWN_NOW
    actual = np.where(state == DOWN_NOW, draw.uniform(0, 480, 400), 0.0)
    median = np.where(state == DOWN_NOW, 480.0, 0.0)
    found = bands(actual, median, expected=median, state=state)
    low = found.around(np.full(1, 480.0), np.full(1, 480.0), np.array([DOWN_NOW]))[0, 0]
    assert low <= np.sort(actual[:20])[2]


def test_what_is_borrowed_is_wider_where_more_is_expected():
    found = few(5, RECENTLY_STOPPED)
    wide, narrow = (band_of(found, RECENTLY_STOPPED, expected=one) for one in (90.0, 5.0))
    assert wide[3] > narrow[3]


def test_bands_of_the_format_before_say_what_they_said():
    held = {"group": [0, 0, 3, 3], "edges": {"0": [10.0], "3": []}, "merged": ["few"],
            "offsets": {"0": [[-1, 5, -2, 9], [-3, 20, -4, 60]], "3": [[-100, 0, -300, 0]]},
            "own": [[0.0] * 4, [-5, 7, -480, 480], [0.0] * 4, [0.0] * 4]}  # fmt: skip
    found = bands_from(held)
    assert found.merged == ("few",)
    assert band_of(found, RUNNING).tolist() == [11, 34, 10, 74]
    assert band_of(found, RECENTLY_STOPPED, expected=4).tolist() == [9, 21, 0, 480]


def test_with_too_few_shifts_for_a_level_the_interval_is_the_whole_shift():
    found = bands(np.zeros(25), np.zeros(25), expected=np.zeros(25), state=np.zeros(25, np.int64))
    low80, high80, low95, high95 = found.around(np.zeros(1), np.zeros(1), np.zeros(1, np.int64))[0]
    assert (low80, high80) == (0, 0)
    assert (low95, high95) == (0, 480)


def test_shifts_that_expect_more_have_wider_intervals():
    draw = np.random.default_rng(7)
    expected = draw.uniform(0, 100, 2000)
    actual = np.where(draw.random(2000) < expected / 200, 4 * expected, 0.0)
    calm = np.zeros(2000, np.int64)
    found = bands(actual, np.zeros(2000), expected=expected, state=calm)
    band = found.around(np.zeros(2), np.array([5.0, 95.0]), np.zeros(2, np.int64))
    assert band[0, 3] < band[1, 3]


def test_bands_kept_as_json_are_the_same():
    actual, median, state = shifts(500)
    found = bands(actual, median, expected=median, state=state)
    assert bands_from(found.as_json()) == found


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), number=st.integers(2, 60))
def test_intervals_are_nested_whatever_the_shifts(seed, number):
    draw = np.random.default_rng(seed)
    actual, median = draw.uniform(0, 480, (2, number))
    state = draw.integers(0, 4, number)
    found = bands(actual, median, expected=median, state=state)
    band = found.around(median, median, state)
    for low, high in ((band[:, 2], band[:, 0]), (band[:, 0], median), (median, band[:, 1]),
                      (band[:, 1], band[:, 3])):  # fmt: skip
        assert (low <= high).all()


def test_chances_come_out_as_often_as_they_say():
    draw = np.random.default_rng(7)
    score = draw.normal(0, 1, (8000, 1))
    true = 1 / (1 + np.exp(-(2 * score[:, 0] - 3)))
    happened = draw.random(8000) < true
    found = logistic(score, happened).chance(score)
    assert np.abs(found - true).max() < 0.05
    for one in reliability(found, happened):
        assert one["low"] - 0.03 <= one["predicted"] <= one["high"] + 0.03


@pytest.mark.parametrize("all_of_them", [True, False])
def test_chances_are_never_certain_and_survive_scores_that_tell_everything(all_of_them):
    score = np.linspace(-1, 1, 50)[:, None]
    happened = np.full(50, all_of_them)
    assert logistic(score, happened).chance(score).min() > 0
    told = logistic(score, score[:, 0] > 0).chance(score)
    assert 0 < told.min() < 0.2 and 0.8 < told.max() < 1
    assert (np.diff(told) >= 0).all()


def test_a_score_that_never_varies_is_left_out():
    draw = np.random.default_rng(7)
    score = np.column_stack([draw.normal(0, 1, 300), np.full(300, 4.0)])
    found = logistic(score, score[:, 0] > 0)
    moved = found.chance(score + np.array([0.0, 5.0]))
    np.testing.assert_allclose(moved, found.chance(score))


def test_selection_takes_the_mix_that_errs_least_and_leaves_out_what_does_not_help():
    actual = np.array([0.0, 10.0, 20.0, 30.0])
    answers = {"high": actual + 4, "low": actual - 4, "worse": actual * 0 + 100}
    weights = select(answers, squared_loss(actual))
    assert weights == {"high": 0.5, "low": 0.5}
    assert sum(weights.values()) == pytest.approx(1)


def test_selection_never_does_worse_than_its_best_member():
    draw = np.random.default_rng(7)
    actual = draw.exponential(20, 200)
    answers = {str(n): actual + draw.normal(n, 10, 200) for n in range(4)}
    loss = absolute_loss(actual)
    weights = select(answers, loss)
    mixed = sum(weight * answers[name] for name, weight in weights.items())
    assert loss(mixed) <= min(map(loss, answers.values()))


def test_a_perfect_member_serves_alone():
    actual = np.array([0.0, 5.0])
    answers = {"good": actual, "bad": actual + 1}
    assert select(answers, absolute_loss(actual)) == {"good": 1.0}


def test_risk_rises_with_the_chance_and_is_critical_when_down_now():
    levels = [risk_of(p, False) for p in (0, 0.049, 0.05, 0.199, 0.2, 0.499, 0.5, 1)]
    assert levels == ["low", "low", "medium", "medium", "high", "high", "critical", "critical"]
    assert risk_of(0.0, True) == "critical"
    assert risk_of(0.3, False, thresholds=(0.1, 0.4, 0.8)) == "medium"
    assert LEVELS == ("low", "medium", "high", "critical")


def test_the_range_of_a_share_is_wilsons():
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 20)[0] == 0


def rare_stops(seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A few shifts of 480 minutes, half of which the trees foresee."""
    draw = np.random.default_rng(seed)
    actual = np.where(np.arange(2000) % 250 == 0, 480.0, 0.0)
    said = np.where(actual > 0, draw.random(2000) < 0.5, draw.random(2000) < 0.001) * 480.0
    naive = {member.name: np.zeros(2000) for member in NAIVE}
    return actual, {**naive, "xgb_absolute": said}


def test_luck_with_a_handful_of_stops_does_not_replace_the_trees():
    for seed in range(5):
        actual, answers = rare_stops(seed)
        assert weigh(answers, actual)[0] == {"xgb_absolute": 1.0}


def test_a_mix_that_is_clearly_better_does_replace_the_trees():
    actual, answers = rare_stops(7)
    answers["ridge"] = actual
    assert weigh(answers, actual)[0] == {"ridge": 1.0}


def test_members_that_err_nearly_alike_count_alike_with_the_best_naive_one_among_them():
    draw = np.random.default_rng(7)
    actual = draw.exponential(40, 300)
    answers = {member.name: np.zeros(300) for member in NAIVE}
    for place, name in enumerate(("rolling_median_63", "rolling_mean_63", "ridge", "xgb_absolute")):
        answers[name] = actual + draw.choice([-1, 1], 300) * (20 + place / 10)
    weights = near_best(answers, actual)
    assert set(weights) == {"rolling_median_63", "ridge", "xgb_absolute"}
    assert set(weights.values()) == {1 / 3}
    loss = absolute_loss(actual)
    mixed = sum(weight * answers[name] for name, weight in weights.items())
    assert loss(mixed) < min(map(loss, answers.values()))


def test_a_rare_sign_ten_deviations_out_counts_for_more_than_one_of_six():
    score = np.zeros((20_000, 1))
    score[:60], score[60:160] = 9.0, 5.0
    happened = np.zeros(20_000, np.bool_)
    happened[:30] = happened[60:68] = happened[160:170] = True
    found = logistic(score, happened).chance(np.array([[9.0], [5.0]]))
    assert found[0] > 0.3 and found[1] < 0.2


def test_a_bin_of_few_shifts_is_one_with_its_neighbour_and_a_sentence_says_so():
    chance = np.array([0.005] * 30 + [0.03] * 5 + [0.07] * 40 + [0.3] * 3)
    happened = np.zeros(len(chance), np.bool_)

    bins = reliability(chance, happened)

    assert [one["shifts"] for one in bins] == [30, 48]
    assert [one["merged"] for one in bins] == [1, 3]
    assert min(one["shifts"] for one in bins) >= FEWEST
    assert merged_bins(bins)[0].startswith("3 groups of chances, some of fewer than 20 shifts")


def test_where_every_bin_has_enough_nothing_is_merged_and_nothing_said():
    chance = np.repeat([0.005, 0.3], 25)

    bins = reliability(chance, chance > 0.1)

    assert [one["shifts"] for one in bins] == [25, 25]
    assert merged_bins(bins) == []


def test_the_only_bin_is_told_however_few_shifts_it_has():
    assert reliability(np.array([0.3]), np.array([True]))[0]["shifts"] == 1


def test_trees_that_err_as_much_as_the_rolling_median_share_with_it():
    draw = np.random.default_rng(7)
    actual = draw.exponential(40, 300)
    answers = {member.name: np.zeros(300) for member in NAIVE}
    for name in ("rolling_median_63", "xgb_absolute"):
        answers[name] = actual + draw.choice([-1, 1], 300) * 20.0
    assert weigh(answers, actual)[0] == {"xgb_absolute": 0.5, "rolling_median_63": 0.5}


def test_the_rolling_median_is_the_naive_member_to_beat_unless_another_errs_clearly_less():
    losses = {member.name: 50.0 for member in NAIVE}
    assert best_naive({**losses, "rolling_mean_9": 20, "rolling_median_63": 20.9}) == (
        "rolling_median_63"
    )
    assert best_naive({**losses, "rolling_mean_9": 20, "rolling_median_63": 21.1}) == (
        "rolling_mean_9"
    )
    assert best_naive({**losses, "no_downtime": 0, "rolling_median_63": 0.1}) == "no_downtime"


@pytest.mark.parametrize(
    ("shifts", "groups"),
    [
        ([900, 100, 20, 50], [[0], [1], [2], [3]]),
        ([900, 100, 19, 50], [[0], [1, 2], [3]]),
        ([0, 7, 127, 181], [[1, 2], [3]]),
        ([3, 4, 127, 5], [[0, 1, 2, 3]]),
        ([11, 12, 127, 50], [[0, 1], [2], [3]]),
        ([3, 20, 0, 50], [[0, 1], [3]]),
        ([0, 0, 7, 0], [[2]]),
        ([0, 0, 0, 0], []),
    ],
)
def test_a_level_of_few_shifts_is_told_with_its_neighbour(shifts, groups):
    assert told_together(shifts) == groups
