"""What holds for every figure of prediction: well-formed, titled, named text stays text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.figures.bands import DayBand, DayValue, forecast_bands
from analytics.figures.bars import against_bar, comparison, importance, level_bar, weight_bar
from analytics.figures.dumbbell import Week, dumbbell
from analytics.figures.factors import factor_bars
from analytics.figures.reliability import reliability
from analytics.figures.scatter import Met, scatter
from analytics.figures.timeline import timeline
from analytics.figures.whisker import Whisker, whisker, whisker_axis
from analytics.selectors.evidence_shapes import ReliabilityBin
from analytics.tests.drawing import Drawing

NAME = 'Filler <b>"2"</b> & co'
DAY = date(2026, 11, 19)
BANDS = [DayBand(DAY + timedelta(days=n), 50, 30, 80, 10, 120) for n in range(30)]
PAST = [DayValue(DAY - timedelta(days=n), 40.0) for n in range(28, 0, -1)]
FIGURES = {
    "whisker": whisker(
        Whisker(6, 13, 0, 31, 0, 68), marks=[0, 30, 60, 90], threshold=30, title=NAME
    ),
    "axis": whisker_axis(marks=[0, 30, 60, 90], threshold=30, unit="min"),
    "reliability": reliability([ReliabilityBin(0.2, 0.3, 9, 0.1, 0.5)], across="%", title=NAME),
    "scatter": scatter([Met(5, 90, beyond=True, name=NAME)], across="min", title=NAME),
    "bands": forecast_bands(PAST, BANDS, is_ratio=False, title=NAME),
    "weight": weight_bar(0.4, title=NAME),
    "against": against_bar(-0.2, reach=(-0.3, 0.1), serves=True, title=NAME),
    "level": level_bar(0.2, 0.5, 0.33, title=NAME),
    "importance": importance([(NAME, 0.7), ("b", 0.3)], title=NAME),
    "comparison": comparison([(NAME, -0.1, True), ("b", None, False)], title=NAME),
    "factors": factor_bars(8, [(NAME, 31.0)], 39, title=NAME),
    "dumbbell": dumbbell([Week(NAME, 3, 5, 6, 7)], unit="min", title=NAME),
    "timeline": timeline(
        [(0.1, 0.2, False), (0.2, 0.99, True)], threshold=0.9, ticks=[(0.5, NAME)], title=NAME
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_well_formed_has_a_title_and_no_style_of_its_own(name):
    drawing = Drawing(FIGURES[name])
    assert drawing.root.get("role") == "img"
    assert drawing.title
    assert "<b>" not in FIGURES[name]
    assert all("style" not in one.attrib for one in drawing.root.iter())


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_every_time_and_stays_inside_its_width(name):
    drawing = Drawing(FIGURES[name])
    for one in drawing.root.iter():
        places = [value for key in ("x", "x1", "x2", "cx") if (value := one.get(key))]
        assert all(0 <= float(p.rstrip("%")) <= 100 for p in places if p.endswith("%")), one.attrib


EMPTY = {
    "reliability": lambda: reliability([], across="%", title="none"),
    "scatter": lambda: scatter([], across="min", title="none"),
    "bands": lambda: forecast_bands([], [], is_ratio=False, title="none"),
    "importance": lambda: importance([], title="none"),
    "comparison": lambda: comparison([], title="none"),
    "dumbbell": lambda: dumbbell([], unit="min", title="none"),
    "timeline": lambda: timeline([], threshold=None, ticks=[], title="none"),
    "factors": lambda: factor_bars(0, [], 0, title="none"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_figure_of_nothing_can_be_drawn(name):
    assert Drawing(EMPTY[name]()).title == "none"
