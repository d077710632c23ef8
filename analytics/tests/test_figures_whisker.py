"""The row of a predicted amount says the same as its numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analytics.figures.whisker import Whisker, marks_of, whisker, whisker_axis
from analytics.tests.drawing import Drawing

ONE = Whisker(median=46, expected=58, lo80=18, hi80=104, lo95=6, hi95=171)
MARKS = [0.0, 60.0, 120.0, 180.0]


def drawn(one: Whisker = ONE) -> Drawing:
    return Drawing(whisker(one, marks=MARKS, threshold=30, title="Filler 2"))


def test_each_number_stands_at_its_place_on_the_scale():
    figure = drawn()
    (thin,), (thick,), (ring,) = figure.of("range-95"), figure.of("range-80"), figure.of("ring")
    assert figure.share(thin, "x1") == pytest.approx(6 / 180, abs=1e-4)
    assert figure.share(thin, "x2") == pytest.approx(171 / 180, abs=1e-4)
    assert figure.share(thick, "x") == pytest.approx(18 / 180, abs=1e-4)
    assert figure.share(thick, "width") == pytest.approx(86 / 180, abs=1e-4)
    assert figure.share(ring, "cx") == pytest.approx(46 / 180, abs=1e-4)


def test_the_threshold_is_dotted_and_the_median_lies_over_the_ranges():
    figure = drawn()
    (threshold,) = figure.of("threshold")
    assert figure.share(threshold, "x1") == pytest.approx(30 / 180, abs=1e-4)
    order = [one.get("class") for one in figure.root]
    assert order.index("range-95") < order.index("range-80") < order.index("ring")


def test_what_lies_beyond_the_scale_stays_at_its_end():
    figure = drawn(Whisker(median=200, expected=300, lo80=10, hi80=400, lo95=0, hi95=900))
    assert figure.share(figure.of("ring")[0], "cx") == 1
    assert figure.share(figure.of("range-95")[0], "x2") == 1


@pytest.mark.parametrize(
    ("furthest", "marks"),
    [
        (0, [0, 30, 60]),
        (61, [0, 30, 60, 90]),
        (171, [0, 60, 120, 180]),
        (450, [0, 120, 240, 360, 480]),
    ],
)
def test_the_marks_are_multiples_of_the_threshold_that_hold_every_range(furthest, marks):
    rows = [Whisker(0, 0, 0, 0, 0, furthest), Whisker(0, 0, 0, 0, 0, 0)]
    assert marks_of(rows, threshold=30) == marks


def test_the_head_names_the_marks_the_unit_and_the_threshold():
    figure = Drawing(whisker_axis(marks=MARKS, threshold=30, unit="min"))
    assert sorted(figure.texts) == sorted(["0", "60", "120", "180\u00a0min", "30"])
    assert [one.text for one in figure.of("strong")] == ["30"]


def test_a_mark_gives_way_to_the_threshold():
    figure = Drawing(whisker_axis(marks=[0.0, 30.0, 60.0], threshold=30, unit="min"))
    assert figure.texts.count("30") == 1


@pytest.mark.parametrize("marks", [[0, 120, 240, 360], [0, 30, 60, 90], [0, 240, 480, 720, 960]])
def test_where_the_axis_is_narrow_words_of_the_scale_never_touch(marks):
    width = 140.0
    figure = Drawing(whisker_axis(marks=marks, threshold=30, unit="min", width=width))
    ends = []
    for one in figure.root.iter("{*}text"):
        x, wide = float(one.get("x").rstrip("%")) / 100 * width, 6.5 * len(one.text)
        left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[one.get("text-anchor")]
        ends.append((left, left + wide))
    ends.sort()
    assert all(end < start for (_, end), (start, _) in pairwise(ends))
    assert {"30", f"{marks[-1]}\u00a0min"} <= set(figure.texts)
