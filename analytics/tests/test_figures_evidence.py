"""Calibration, misses, models, weeks, factors and scores: each picture shows what it was given."""

from __future__ import annotations

import pytest

from analytics.figures.bars import against_bar, comparison, importance, level_bar
from analytics.figures.dumbbell import Week, dumbbell
from analytics.figures.factors import MOST, REST, factor_bars, shown, signed
from analytics.figures.frame import round_marks
from analytics.figures.reliability import reliability, touches
from analytics.figures.scatter import Met, scatter, worst_beyond
from analytics.figures.timeline import timeline, unbroken, y
from analytics.selectors.evidence_shapes import ReliabilityBin
from analytics.tests.drawing import Drawing

BINS = [ReliabilityBin(0.02, 0.02, 640, 0.01, 0.03), ReliabilityBin(0.6, 0.2, 10, 0.05, 0.45)]


def test_a_group_that_misses_the_diagonal_is_marked():
    figure = Drawing(reliability(BINS, across="chance", title="calibration"))
    assert [touches(one) for one in BINS] == [True, False]
    assert len(figure.of("ring")) == 2
    (odd,) = figure.of("ring odd")
    assert figure.share(odd, "cx") == pytest.approx(0.6)


def test_a_larger_group_has_the_larger_ring():
    rings = Drawing(reliability(BINS, across="", title="x")).of("ring")
    assert float(rings[0].get("r") or 0) > float(rings[1].get("r") or 0)


POINTS = [Met(5, 4), Met(20, 131, beyond=True, name="Filler 2"), Met(90, 10, beyond=True)]


def test_the_worst_miss_beyond_its_range_is_named():
    figure = Drawing(scatter(POINTS, across="min", title="x"))
    assert worst_beyond(POINTS) == POINTS[1]
    assert [one.text for one in figure.of("odd minor")] == ["Filler 2"]
    assert len(figure.of("ring odd")) == 2
    assert len(figure.of("met")) == 1


def test_both_axes_of_the_scatter_have_one_scale():
    figure = Drawing(scatter([Met(100, 100)], across="min", title="x"))
    (met,) = figure.of("met")
    across, down = figure.share(met, "cx"), float(met.get("cy") or 0)
    grid = [float(one.get("y1") or 0) for one in figure.of("grid")]
    axis = float(figure.of("axis")[0].get("y1") or 0)
    assert (axis - down) / (axis - min(grid)) == pytest.approx(across, abs=1e-3)


@pytest.mark.parametrize(("change", "css"), [(-0.2, "bar-predicted"), (0.04, "bar-worse")])
def test_better_lies_left_of_the_yardstick_and_worse_right(change, css):
    figure = Drawing(against_bar(change, reach=(-0.2, 0.1), serves=True, title="x"))
    (bar,) = figure.of(css)
    zero = figure.share(figure.of("tick")[0], "x1")
    assert (figure.share(bar, "x") < zero) is (change < 0)


def test_a_model_that_is_the_yardstick_or_was_not_tested_has_no_bar():
    for change in (None, 0.0):
        assert not Drawing(against_bar(change, reach=(0, 0), serves=False, title="x")).of(
            "bar-value"
        )


def test_a_level_shows_its_promise_and_a_tick_only_where_shifts_were_seen():
    seen = Drawing(level_bar(0.2, 0.5, 0.33, title="x"))
    assert seen.share(seen.of("range-promised")[0], "x") == pytest.approx(0.2)
    assert seen.share(seen.of("tick")[0], "x1") == pytest.approx(0.33)
    assert not Drawing(level_bar(0.2, 0.5, None, title="x")).of("tick")


def test_importance_and_comparison_write_their_numbers():
    assert "31\u00a0%" in Drawing(importance([("Down now", 0.31)], title="x")).texts
    rows = [("ours", -0.23, True), ("trend", 0.04, False), ("last value", -0.001, False)]
    figure = Drawing(comparison(rows, title="x"))
    assert {"−23\u00a0%", "+4\u00a0%", "±0\u00a0%"} <= set(figure.texts)
    assert len(figure.of("bar-worse")) == 1


def test_a_week_that_naive_won_is_marked_and_days_are_squares():
    weeks = [Week("W41", 41, 58, 6, 7), Week("W42", 52, 50, 5, 7)]
    figure = Drawing(dumbbell(weeks, unit="min", title="x"))
    assert len(figure.of("span odd")) == 1
    assert len(figure.of("bar-predicted")) == 11
    assert len(figure.of("bar-rest")) == 3
    ours, naive = figure.of("ours"), figure.of("ring naive")
    assert figure.share(ours[0], "cx") < figure.share(naive[0], "cx")
    assert figure.share(ours[1], "cx") > figure.share(naive[1], "cx")


def test_factor_bars_begin_where_the_last_one_ended_and_close():
    factors = [("down", 31.0), ("stops", 9.0), ("quiet", -2.0)]
    figure = Drawing(factor_bars(8, factors, 46, title="x"))
    usual, expected = figure.of("bar-rest")[0], figure.of("bar-value")[0]
    bars = figure.of("bar-predicted")
    reached = figure.share(usual, "width")
    for bar, (_, minutes) in zip(bars, factors, strict=True):
        start, wide = figure.share(bar, "x"), figure.share(bar, "width")
        from_, to = (start, start + wide) if minutes > 0 else (start + wide, start)
        assert from_ == pytest.approx(reached, abs=2e-4)
        reached = to
    assert reached == pytest.approx(figure.share(expected, "width"), abs=2e-4)


def test_many_factors_are_added_up_so_that_the_sum_stays():
    factors = [(str(n), float(n - 4)) for n in range(10)]
    few = shown(factors)
    assert len(few) == MOST
    assert few[-1][0] == REST
    assert sum(m for _, m in few) == pytest.approx(sum(m for _, m in factors))
    assert abs(few[0][1]) == 5


def test_small_moves_far_from_zero_are_seen_on_bars_that_say_they_are_cut():
    figure = Drawing(factor_bars(30, [("a", 2.0), ("b", -1.0)], 31, title="x"))
    assert len(figure.of("cut")) == 2  # what is usual and what is expected
    assert "The bars are cut: they begin at 28 min" in figure.texts
    assert all(figure.share(bar, "width") > 0.2 for bar in figure.of("bar-predicted"))
    whole_bars = Drawing(factor_bars(8, [("a", 31.0)], 39, title="x"))
    assert not whole_bars.of("cut")


@pytest.mark.parametrize(("minutes", "words"), [(31.4, "+31"), (-2.6, "−3"), (0.4, "±0")])
def test_minutes_have_a_sign_and_none_where_they_round_to_nothing(minutes, words):
    assert signed(minutes) == words


def test_flagged_points_are_diamonds_and_silence_is_no_line():
    points = [(n / 100, 0.2, False) for n in range(20)] + [(n / 100, 0.99, True) for n in (60, 61)]
    figure = Drawing(timeline(points, threshold=0.9, ticks=[], title="x"))
    assert len(figure.of("flag")) == 2
    assert len(figure.of("threshold")) == 1
    assert [len(run) for run in unbroken(points)] == [20, 2]


def test_on_a_timeline_a_moment_that_is_ten_times_as_rare_lies_a_step_higher():
    base, nine, ninety_nine, most = (y(score) for score in (0.0, 0.9, 0.99, 1.0))
    assert base - nine == pytest.approx(nine - ninety_nine)
    assert most < ninety_nine
    figure = Drawing(timeline([], threshold=None, ticks=[], title="x"))
    assert {"1:10", "1:100", "1:1,000"} <= set(figure.texts)


def test_thousands_of_shifts_are_a_few_hundred_dots_whose_area_is_their_number():
    many = [Met(n % 7, n % 11) for n in range(9000)] + [Met(50, 50)] * 3
    drawn = Drawing(scatter(many, across="min", title="x")).of("met")
    assert len(drawn) == 78
    radii = sorted(float(dot.get("r")) for dot in drawn)
    assert radii[0] < 3.4 < 8.9 < radii[-1] <= 9
    few = Drawing(scatter(many[:500], across="min", title="x")).of("met")
    assert len(few) == 500


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [(0, 400, [0, 100, 200, 300, 400]), (0, 0.031, [0, 0.01, 0.02, 0.03, 0.04]),
     (-12, 5, [-15, -10, -5, 0, 5]), (36, 63, [30, 40, 50, 60, 70])],
)  # fmt: skip
def test_marks_are_round_and_enclose_the_numbers(low, high, marks):
    assert round_marks(high, low=low) == pytest.approx(marks)
