"""Whether a challenger replaces the champion: a block bootstrap over days.

Errors of a day go together, so whole days are drawn with replacement (Künsch 1989, Annals of
Statistics 17(3)); p is the share of draws in which the challenger is no better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.calibration import circumstances
from analytics.ml.history import Floats, Ints, ShiftHistory, questions_of
from analytics.ml.model import DowntimeModel

DAY_US = 86_400_000_000
DRAWS = 2_000
LEAST_BETTER, HIGHEST_P = 0.01, 0.1
LEAST_COVERAGE_95 = 0.92


@dataclass(frozen=True, slots=True)
class Verdict:
    """`better_by` is 1 − challenger's mean loss / champion's; `reason` a sentence for people."""

    better_by: float
    p: float
    promote: bool
    reason: str


def losses(model: DowntimeModel, history: ShiftHistory, rows: Ints) -> Floats:
    """|error| in minutes of a model on some shifts asked for at their start.

    Old and new models are scored on the same rows, which neither should have learned from.
    """
    branch = model.branches["start"]
    full = model.table(history, questions_of(history, rows))
    at = circumstances(full, model.places(history, history.machine[rows]))
    said = branch.calibration.promise(branch.ensemble.guess(full.of(branch.names)), at)
    return np.abs(history.downtime_min[rows] - said.median)


def compare(
    champion: Floats, challenger: Floats, *, start_us: Ints, seed: int = 7,
    coverage_95: float | None = None,
) -> Verdict:  # fmt: skip
    """Losses of both on the same shifts; promoted when more than 1 % better, p below 0.1 and the
    challenger's coverage, if given, in band.
    """
    ours, theirs = float(challenger.mean()), float(champion.mean())
    better_by = 1 - ours / theirs if theirs > 0 else 0.0
    p = _no_better(champion - challenger, start_us // DAY_US, seed)
    in_band = coverage_95 is None or coverage_95 >= LEAST_COVERAGE_95
    promote = better_by > LEAST_BETTER and p < HIGHEST_P and in_band
    figures = f"{ours:.2f} against {theirs:.2f} min a shift, p = {p:.3f}"
    if coverage_95 is not None and not in_band:
        figures += f"; its 95 % intervals held {coverage_95 * 100:.1f} %"
    word = "better by" if better_by >= 0 else "worse by"
    verdict = "promoted" if promote else "not promoted"
    reason = f"The challenger is {word} {abs(better_by) * 100:.1f} % ({figures}): {verdict}."
    return Verdict(better_by, p, promote, reason)


def _no_better(gain: Floats, day: Ints, seed: int) -> float:
    """Share of resampled sets of days on which the gain adds up to nothing or less."""
    _, place = np.unique(day, return_inverse=True)
    sums = np.bincount(place, weights=gain)
    drawn = np.random.default_rng(seed).integers(len(sums), size=(DRAWS, len(sums)))
    return float((sums[drawn].sum(axis=1) <= 0).mean())
