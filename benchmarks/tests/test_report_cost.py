"""G11: how its figure is judged."""

from dataclasses import replace

import pytest

from benchmarks.figure import lines
from benchmarks.report_cost import Cost, figure_of

CHEAP = Cost(cpu_s=5.5, peak_mb=140.0, pages=12)
SECOND = Cost(cpu_s=0.7, peak_mb=110.0, pages=12)


def test_a_cheap_report_passes_and_both_renderers_are_told():
    figure = figure_of(CHEAP, SECOND, 17)
    assert figure.passed
    assert figure.counts["plutoprint_s"] == 0.7
    assert "without Pango 0.7 s" in lines("G11", figure)[0]


@pytest.mark.parametrize(
    ("first", "second", "drawn"),
    [
        (replace(CHEAP, cpu_s=8.1), SECOND, 17),
        (replace(CHEAP, peak_mb=401.0), SECOND, 17),
        (replace(CHEAP, pages=9), SECOND, 17),
        (CHEAP, SECOND, 5),
        (CHEAP, replace(SECOND, peak_mb=401.0), 17),
    ],
)
def test_a_dear_report_or_a_small_one_fails(first, second, drawn):
    assert not figure_of(first, second, drawn).passed
