"""Whether what was said of shifts came true as often as it was said: by group, bin and level.

A share stands beside its number of shifts and its 95 % range (Wilson), since a share of few shifts
says little. Bins of confidence with fewer than 20 shifts are merged with the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.ml.bands import LEVELS as BANDS
from analytics.ml.calibration import tolerance_min
from analytics.ml.exceedance import LONG_MIN
from analytics.ml.history import Floats, Ints
from analytics.ml.reliability import EDGES, FEWEST, wilson
from analytics.ml.risk import LEVELS
from analytics.ml.standing import STATES
from benchmarks.downtime_gates import rank_correlation

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """Shifts of which something was said, and what came. `bands` (n, 4) is lo80, hi80, lo95, hi95
    in minutes, `state` a place in STATES as of the question, `chance` that of
    half an hour, `risk` a place in LEVELS.
    """

    machine: NDArray[np.str_]
    state: Ints
    planned_min: Floats
    actual_min: Floats
    median_min: Floats
    bands: Floats
    confidence: Floats
    chance: Floats
    risk: Ints

    @property
    def error_min(self) -> Floats:
        """Of the median, without its sign."""
        error: Floats = np.abs(self.actual_min - self.median_min)
        return error


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `shifts` it was true of, `said` before with what chance."""

    name: str
    true: int
    shifts: int
    said: float

    @property
    def observed(self) -> float:
        """0..1."""
        return self.true / self.shifts

    @property
    def range95(self) -> tuple[float, float]:
        """Where the true share may lie."""
        return wilson(self.true, self.shifts)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one group of shifts: those within the 80 % and the 95 % range."""

    name: str
    of80: Share
    of95: Share


def coverage(graded: Graded) -> list[Coverage]:
    """Of all shifts, of each state and machine, and of shifts with downtime."""
    stopped = graded.actual_min > 0
    groups: list[tuple[str, Bools]] = [("all shifts", np.ones(len(stopped), np.bool_))]
    groups += [(name, graded.state == n) for n, name in enumerate(STATES)]
    groups.append(("with downtime", stopped))
    groups += [(f"with downtime, {name}", stopped & (graded.state == n))
               for n, name in enumerate(STATES)]  # fmt: skip
    groups += [(name, graded.machine == name) for name in np.unique(graded.machine).tolist()]
    return [
        Coverage(name, *(_within(graded, rows, level) for level in (0, 1)))
        for name, rows in groups
        if rows.any()
    ]


def confidence_bins(graded: Graded) -> tuple[list[Share], list[str]]:
    """Said and observed share of errors within tolerance; a sentence for each bin merged."""
    right = graded.error_min <= tolerance_min(graded.planned_min)
    place = np.searchsorted(EDGES, graded.confidence, side="right")
    bins, merged = _merged([int((place == n).sum()) for n in range(len(EDGES) + 1)])
    borders = (0.0, *EDGES, 1.0)
    shares = []
    for first, last in bins:
        rows = (place >= first) & (place <= last)
        name = f"{borders[first]:.2f} to {borders[last + 1]:.2f}"
        said = float(graded.confidence[rows].mean())
        shares.append(Share(name, int(right[rows].sum()), int(rows.sum()), said))
    return shares, merged


def risk_levels(graded: Graded) -> list[Share]:
    """Share of shifts with half an hour or more of each level that was said."""
    long = graded.actual_min >= LONG_MIN
    counted = [(name, graded.risk == n) for n, name in enumerate(LEVELS)]
    return [
        Share(name, int(long[rows].sum()), int(rows.sum()), float(graded.chance[rows].mean()))
        for name, rows in counted
        if rows.any()
    ]


def never_said(levels: Sequence[Share]) -> list[str]:
    """Levels in which no shift was: a plant that stops in every shift has none of low risk."""
    return sorted(set(LEVELS) - {one.name for one in levels}, key=[*LEVELS].index)


def rises_strictly(levels: Sequence[Share]) -> bool:
    """Each level that was said came true more often than the one below."""
    return all(one.observed < other.observed for one, other in pairwise(levels))


def confidence_rank(graded: Graded) -> float:
    """Spearman's correlation of confidence and |error|; −1 is best."""
    return rank_correlation(graded.confidence, graded.error_min)


def _within(graded: Graded, rows: Bools, level: int) -> Share:
    low, high = graded.bands[rows, 2 * level], graded.bands[rows, 2 * level + 1]
    actual = graded.actual_min[rows]
    inside = (low <= actual) & (actual <= high)
    return Share(f"{BANDS[level]:.0%}", int(inside.sum()), int(rows.sum()), BANDS[level])


def _merged(counts: Sequence[int]) -> tuple[list[tuple[int, int]], list[str]]:
    """First and last of the bins that stand together; one with too few joins the next, at the end
    the one before.
    """
    borders = (0.0, *EDGES, 1.0)
    bins: list[tuple[int, int]] = []
    said: list[str] = []
    first, held = 0, 0
    for n, count in enumerate(counts):
        held += count
        if 0 < count < FEWEST:
            said.append(
                f"{borders[n]:.2f} to {borders[n + 1]:.2f} has {count} shifts, fewer than"
                f" {FEWEST}: merged with its neighbour."
            )
        if held >= FEWEST:
            bins.append((first, n))
            first, held = n + 1, 0
    if held:
        start = bins.pop()[0] if bins else first
        bins.append((start, len(counts) - 1))
    return bins, said
