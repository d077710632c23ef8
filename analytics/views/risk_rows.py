"""A machine's downtime in the next shift as a row, a tile or a panel shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from analytics.figures.factors import factor_bars, shown
from analytics.figures.whisker import HEIGHT, Whisker, marks_of, whisker, whisker_axis
from analytics.selectors.outlook_shapes import MachineRisk, ShiftAhead
from analytics.templatetags.figures import minutes, percent, pieces

THRESHOLD_MIN = 30.0
TOP = 3
OPEN, FEW_MORE = 20, 5
"""So many rows stand open; a few more are not worth folding."""
ROW = 76.0
"""Pixels of a row, so that the grid lines of the rows meet."""
SMALLEST_MISS_MIN, SHARE_OF_SHIFT = 15.0, 0.1
"""Confidence is the chance of an error of at most so many minutes or so much of the shift."""
MINUTE = timedelta(minutes=1)
WORDS = {
    "critical": ("Critical", "octagon-alert"),
    "high": ("High", "triangle-alert"),
    "medium": ("Medium", "diamond"),
    "low": ("Low", "minus"),
}
"""A level's word and icon."""


def risk_rows(machines: Sequence[MachineRisk]) -> dict[str, Any]:
    """All rows on one scale, and its head; of many machines those with less risk are folded."""
    marks = marks_of([_whisker(one) for one in machines], threshold=THRESHOLD_MIN)
    axis = whisker_axis(marks=marks, threshold=THRESHOLD_MIN, unit="min")
    rows = [_row(one, marks, height=ROW) for one in machines]
    if len(rows) <= OPEN + FEW_MORE:
        return {"rows": rows, "axis": axis}
    folded = rows[OPEN:]
    counted = Counter(row["word"] for row in folded)
    words = ", ".join(f"{counted[word]} {word}" for word, _icon in WORDS.values() if counted[word])
    return {"rows": rows[:OPEN], "folded": folded, "folded_words": words, "axis": axis}


def risk_panel(one: MachineRisk, shift: ShiftAhead) -> dict[str, Any]:
    """The machine's own page: one range with its scale, and what moves the expected minutes."""
    marks = marks_of([_whisker(one)], threshold=THRESHOLD_MIN)
    factors = [(label, moved) for _key, label, moved in one.factors]
    title = _("From %(usual)s that are usual to %(expected)s expected") % {
        "usual": minutes(one.usual_min),
        "expected": minutes(one.expected_min),
    }
    return {
        **_row(one, marks, height=HEIGHT),
        "ahead": shift,
        "axis": whisker_axis(marks=marks, threshold=THRESHOLD_MIN, unit="min"),
        "bars": factor_bars(one.usual_min, factors, one.expected_min, title=title),
        "parts": shown(factors),
        "within": max(SMALLEST_MISS_MIN, SHARE_OF_SHIFT * (shift.end - shift.start) / MINUTE),
    }


def risk_word(one: MachineRisk) -> dict[str, Any]:
    """The word and icon of a tile."""
    word, icon = WORDS[one.risk]
    return {"one": one, "word": word, "icon": icon}


def _row(one: MachineRisk, marks: list[float], *, height: float) -> dict[str, Any]:
    ranges = {
        "name": one.machine_name,
        "median": pieces(one.median_min),
        "low": pieces(one.lo80),
        "high": pieces(one.hi80),
        "chance": percent(one.p_downtime_30),
    }
    said = _("%(name)s: median %(median)s min, 80 %% between %(low)s and %(high)s") % ranges
    factors = sorted(one.factors, key=lambda factor: -abs(factor.minutes))
    return {
        **risk_word(one),
        "figure": whisker(
            _whisker(one), marks=marks, threshold=THRESHOLD_MIN, title=said, height=height
        ),
        "factors": factors[:TOP],
        "by_rule": one.down_now and one.risk == "critical" and one.p_downtime_30 < 0.5,
    }


def _whisker(one: MachineRisk) -> Whisker:
    return Whisker(one.median_min, one.expected_min, one.lo80, one.hi80, one.lo95, one.hi95)
