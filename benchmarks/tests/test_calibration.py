"""A replay held against what came: groups, bins that are too small, levels in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.standing import DOWN_NOW, RUNNING
from benchmarks.calibration_report import report, verdict
from benchmarks.calibration_scores import (
    Graded,
    confidence_bins,
    confidence_rank,
    coverage,
    never_said,
    rises_strictly,
    risk_levels,
)

SHIFTS = 400


def kept_promises() -> Graded:
    """Two machines; half an hour comes with the chance that each level stands for, the sure shifts
    are those that lose nothing, and bands of 0 to 100 minutes hold all but every 20th shift.
    """
    n = np.arange(SHIFTS)
    risk = n % 4
    long = (n // 4) % 10 < np.array([0, 1, 4, 8])[risk]
    actual = np.where(n % 20 == 19, 120.0, np.where(long, 60.0, 0.0))
    return Graded(
        machine=np.where(n < SHIFTS // 2, "M1", "M2"),
        state=np.where(risk == 3, DOWN_NOW, RUNNING).astype(np.int64),
        planned_min=np.full(SHIFTS, 480.0),
        actual_min=actual,
        median_min=np.zeros(SHIFTS),
        bands=np.tile([0.0, 60.0, 0.0, 100.0], (SHIFTS, 1)),
        confidence=np.where(actual == 0, 0.9, 0.1),
        chance=np.array([0.01, 0.1, 0.4, 0.8])[risk],
        risk=risk.astype(np.int64),
    )


def named(graded: Graded) -> dict[str, float]:
    return {one.name: one.of95.observed for one in coverage(graded)}


def test_coverage_is_told_by_state_by_machine_and_of_shifts_with_downtime():
    found = named(kept_promises())
    assert found["all shifts"] == pytest.approx(0.95)
    assert found["down now"] == pytest.approx(0.8)
    assert {"M1", "M2", "running", "with downtime", "with downtime, running"} <= set(found)
    assert "recently stopped" not in found


def test_a_group_below_its_limit_is_named_and_a_small_one_is_not_judged():
    graded = kept_promises()
    said = {one.name: verdict(one) for one in coverage(graded)}
    assert (said["all shifts"], said["with downtime"]) == ("in band", "shown")
    narrow = replace(graded, bands=np.zeros((SHIFTS, 4)))
    assert {one.name: verdict(one) for one in coverage(narrow)}["all shifts"] == "below"
    few = replace(graded, state=np.where(np.arange(SHIFTS) < 19, DOWN_NOW, RUNNING))
    assert {one.name: verdict(one) for one in coverage(few)}["down now"] == "fewer than 20"


def test_a_share_that_may_have_missed_its_limit_by_chance_is_told_as_such():
    """17 of 20 are fewer than 92 %, but 92 % would give that often enough."""
    graded = kept_promises()
    one = np.flatnonzero(graded.state == RUNNING)[:20]
    few = Graded(**{name: getattr(graded, name)[one] for name in graded.__slots__})
    missed = replace(few, actual_min=np.where(np.arange(20) < 3, 300.0, 0.0))
    assert verdict(coverage(missed)[0]) == "below, by chance"


def test_confidence_that_is_right_is_seen_as_right():
    shares, merged = confidence_bins(kept_promises())
    assert [(one.said, one.observed) for one in shares] == [
        (pytest.approx(0.1), 0.0),
        (pytest.approx(0.9), 1.0),
    ]
    assert merged == []
    assert confidence_rank(kept_promises()) < -0.9


def test_a_bin_of_fewer_than_20_shifts_is_merged_and_said_so():
    graded = kept_promises()
    confidence = graded.confidence.copy()
    confidence[:19] = 0.6
    shares, merged = confidence_bins(replace(graded, confidence=confidence))
    assert merged == ["0.50 to 0.70 has 19 shifts, fewer than 20: merged with its neighbour."]
    assert sum(one.shifts for one in shares) == SHIFTS
    assert min(one.shifts for one in shares) >= 20


def test_few_shifts_at_the_top_join_the_bin_below():
    graded = kept_promises()
    confidence = np.full(SHIFTS, 0.4)
    confidence[:5] = 0.99
    shares, merged = confidence_bins(replace(graded, confidence=confidence))
    assert [(one.name, one.shifts) for one in shares] == [("0.00 to 1.00", SHIFTS)]
    assert len(merged) == 1


def test_levels_that_were_said_rise_strictly_and_the_others_are_named():
    levels = risk_levels(kept_promises())
    assert [one.name for one in levels] == ["low", "medium", "high", "critical"]
    assert [one.said for one in levels] == pytest.approx([0.01, 0.1, 0.4, 0.8])
    assert rises_strictly(levels)
    assert never_said(levels) == []
    assert not rises_strictly([*levels[:2], levels[1], levels[3]])
    assert never_said(levels[1:3]) == ["low", "critical"]


def test_the_report_says_whether_every_promise_was_kept():
    graded = kept_promises()
    lines, kept = report(replace(graded, state=np.full(SHIFTS, RUNNING)))
    assert kept
    assert any(line.startswith("all shifts") and line.endswith("in band") for line in lines)
    lines, kept = report(replace(graded, risk=graded.risk[::-1].copy()))
    assert not kept
    assert "observed share rises strictly over these levels: NO" in lines
