"""The picture of a forecast: bands, gaps, weekends and the line between known and predicted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.figures.bands import DayBand, DayValue, axis_marks, forecast_bands
from analytics.tests.drawing import Drawing

ORIGIN = date(2026, 11, 19)  # a Thursday
PAST = [DayValue(ORIGIN - timedelta(days=n), 200.0) for n in range(28, 0, -1)]


def band(n: int, median: float | None = 200.0, **changed) -> DayBand:
    wide = None if median is None else median * 0.3
    ends = [median and median + k * (wide or 0) for k in (-1, 1, -2, 2)]
    return DayBand(ORIGIN + timedelta(days=n), median, *ends, **changed)


def drawn(coming: list[DayBand], past: list[DayValue] = PAST, *, is_ratio: bool = False) -> Drawing:
    return Drawing(forecast_bands(past, coming, is_ratio=is_ratio, title="Downtime"))


def test_the_80_band_lies_inside_the_95_band_and_the_median_inside_both():
    figure = drawn([band(n) for n in range(30)])
    heights = {
        css: {y for path in figure.steps(css) for x, y in path if x > 500}
        for css in ("band-95", "band-80", "median")
    }
    assert min(heights["band-95"]) < min(heights["band-80"]) < min(heights["median"])
    assert max(heights["band-95"]) > max(heights["band-80"]) > max(heights["median"])


def test_a_closed_day_is_a_gap_with_its_reason_and_never_a_zero():
    coming = [band(n) for n in range(30)]
    coming[7] = band(7, 0.0, is_open=False, closed="closed")
    figure = drawn(coming)
    assert len(figure.steps("median")) == 2
    lowest = max(y for path in figure.steps("band-95") for _, y in path)
    (axis, *_) = figure.of("axis")
    assert lowest < float(axis.get("y1") or 0)
    assert "26 Nov, closed" in figure.texts
    assert len(figure.of("threshold")) == 1


def test_days_that_the_week_leaves_out_are_gaps_without_a_word():
    coming = [band(n) if n % 7 < 5 else band(n, None, is_open=False) for n in range(14)]
    figure = drawn(coming)
    assert len(figure.steps("median")) == 2
    assert not figure.of("threshold")


def test_the_bands_open_at_the_last_measured_day():
    figure = drawn([band(n) for n in range(30)])
    last = figure.steps("curve")[-1][-1]
    assert figure.steps("median")[0][0] == last
    assert figure.steps("band-80")[0][0] == last


def test_the_bands_do_not_open_at_a_day_nobody_measured():
    figure = drawn([band(n) for n in range(30)], [*PAST[:-1], DayValue(PAST[-1].day, None)])
    assert figure.steps("median")[0][0][0] > figure.steps("curve")[-1][-1][0] + 17


def test_an_unknown_day_breaks_the_measured_curve():
    past = [*PAST[:10], DayValue(PAST[10].day, None), *PAST[11:]]
    assert len(drawn([band(0), band(1)], past).steps("curve")) == 2


def test_weekends_are_shaded_before_and_after_the_origin():
    figure = drawn([band(n) for n in range(30)])
    assert len(figure.of("pause")) == 16


def test_measured_is_ink_and_predicted_has_its_own_word():
    figure = drawn([band(n) for n in range(30)])
    assert {"measured", "predicted", "80\u00a0%", "95\u00a0%"} <= set(figure.texts)
    assert len(figure.of("dot")) == 28


def test_a_ratio_is_read_in_per_cent():
    coming = [band(n, 0.02) for n in range(30)]
    past = [DayValue(one.day, 0.02) for one in PAST]
    assert "3" in drawn(coming, past, is_ratio=True).texts


@pytest.mark.parametrize(("lowest", "begins_higher"), [(62, True), (9, False)])
def test_the_axis_of_values_far_above_zero_begins_higher_up(lowest, begins_higher):
    past = [DayValue(ORIGIN, value) for value in (80, 84, lowest, 79)]
    assert (axis_marks(past, [])[0] > 0) is begins_higher


def test_a_signal_below_zero_has_room_below_zero():
    figure = drawn([band(n, -10.0) for n in range(30)], [DayValue(p.day, -10.0) for p in PAST])
    assert any(words.startswith("\u2212") for words in figure.texts)


def test_a_single_day_between_closed_ones_can_be_seen():
    coming = [band(n, None, is_open=False) for n in range(30)]
    coming[5] = band(5)
    ((path),) = drawn(coming).steps("median")
    assert path[1][0] > path[0][0]


@pytest.mark.parametrize("days", [1, 7])
def test_few_days_name_the_first_the_last_measured_and_the_last(days):
    figure = drawn([band(n) for n in range(days)], PAST[-7:])
    assert {"Thu 12", "Wed 18"} <= set(figure.texts)
