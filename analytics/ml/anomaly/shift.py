"""Odd shifts: far more downtime, more defects or fewer pieces than the machine's shifts before.

Two views. The rarest of a shift's figures: each by its rank in the window before, downtime by the
conformal p-value of what it is beyond its prediction (Vovk 2005; where there was none, beyond the
machine's middle). And all figures together, by an isolation forest on the window. The mean −log10 p
of both, ranked among the window's own, is the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats, Ints
from analytics.ml.anomaly.frame import WEEK_US
from analytics.ml.anomaly.isolation import IsolationForest
from analytics.ml.anomaly.shift_oddness import (
    FIGURES,
    MATERIAL,
    Usual,
    badness,
    beyond,
    figures,
    usual,
)
from analytics.ml.anomaly.shift_reasons import reasons
from analytics.ml.anomaly.tails import Tail
from analytics.ml.history import ShiftHistory

WINDOW_US = 60 * 86_400 * 1_000_000
"""How far back shifts tell what is usual: long enough to be sure, short enough to follow a plant
that changes.
"""
BODY = 0.98
"""Ranks count up to here: shifts are nearly independent, a few hundred rank that far."""
LEAST_ROWS = 60
FOLDS = 3
LEAST_FORETOLD = 30
SHIFTS_A_WEEK = 21
DOWNTIME = FIGURES.index("downtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """Downtime as it was predicted before each row of the history; NaN where nothing was."""

    median_min: Floats
    hi80: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftScores:
    """One element a scored row: `score` the share of normal shifts that are less odd, NaN where too
    little is known; `reasons` the sentences that make it an anomaly, empty when it is none.
    """

    rows: Ints
    score: Floats
    is_anomaly: Bools
    reasons: tuple[tuple[str, ...], ...]


def score_shifts(
    history: ShiftHistory,
    rows: Ints,
    *,
    foretold: Foretold | None = None,
    budget_per_week: float = 0.2,
) -> ShiftScores:
    """How odd each of the rows is, by shifts that ended before the week in which it starts.

    A shift is an anomaly when so odd a one comes at most `budget_per_week` times a machine-week and
    a figure is materially beyond what is usual. Weeks are those of the calendar, so that a row's
    score does not depend on which others are asked for.
    """
    score = np.full(len(rows), np.nan)
    why: list[tuple[str, ...]] = [()] * len(rows)
    case = _Case(history, figures(history), _residual(history, foretold), foretold)
    weeks = history.start_us[rows] // WEEK_US
    for week in np.unique(weeks).tolist():
        asked = np.flatnonzero(weeks == week)
        judge = _Judge.of(case, week * WEEK_US)
        if judge is None:
            continue
        p = judge.rarity(rows[asked])
        score[asked] = 1.0 - p
        for at in asked[p * SHIFTS_A_WEEK <= budget_per_week].tolist():
            why[at] = judge.reasons(int(rows[at]))
    odd = np.array([bool(sentences) for sentences in why], dtype=bool)
    return ShiftScores(rows=rows, score=score, is_anomaly=odd, reasons=tuple(why))


@dataclass(frozen=True, slots=True)
class _Case:
    history: ShiftHistory
    table: Floats
    residual: Floats
    foretold: Foretold | None


@dataclass(frozen=True, slots=True)
class _Views:
    """What some shifts say is usual, figure by figure and all together."""

    case: _Case
    normal: Usual
    residuals: Tail | None
    excesses: tuple[Tail, ...]
    forest: IsolationForest
    depths: Tail

    @classmethod
    def fit(cls, case: _Case, rows: Ints) -> Self:
        machine = case.history.machine[rows]
        normal = usual(case.table[rows], machine, len(case.history.machines))
        bad = badness(case.table[rows], machine, normal)
        residual = case.residual[rows]
        residual = residual[~np.isnan(residual)]
        forest = IsolationForest.fit(bad, np.arange(len(bad)))
        return cls(
            case,
            normal,
            _tail(residual) if len(residual) >= LEAST_FORETOLD else None,
            tuple(_tail(column) for column in bad.T),
            forest,
            _tail(np.log(forest.distance(bad, np.arange(len(bad))))),
        )

    def level(self, rows: Ints) -> Floats:
        """(rows,) the mean −log10 of both views' p-values."""
        bad = badness(self.case.table[rows], self.case.history.machine[rows], self.normal)
        each = np.stack([tail.p(bad[:, at]) for at, tail in enumerate(self.excesses)])
        residual = self.case.residual[rows]
        if self.residuals is not None:
            foretold = self.residuals.p(np.nan_to_num(residual))
            each[DOWNTIME] = np.where(np.isnan(residual), each[DOWNTIME], foretold)
        depth = np.log(self.forest.distance(bad, np.arange(len(bad))))
        return np.asarray(-(np.log10(each.min(axis=0)) + np.log10(self.depths.p(depth))) / 2)


@dataclass(frozen=True, slots=True)
class _Judge:
    """The views of the window before an instant, and how rare a level is out of sample."""

    case: _Case
    views: _Views
    levels: Tail

    @classmethod
    def of(cls, case: _Case, as_of_us: int) -> Self | None:
        """None when fewer than LEAST_ROWS shifts are known."""
        history = case.history
        ended = (history.end_us <= as_of_us) & (history.start_us >= as_of_us - WINDOW_US)
        known = np.flatnonzero(ended & ~np.isnan(case.table).all(axis=1))
        if len(known) < LEAST_ROWS:
            return None
        # Each part of the window by views that saw only the others: what one has learned from
        # seems less odd than what is new.
        part = FOLDS * (history.start_us[known] - as_of_us + WINDOW_US) // WINDOW_US
        unseen = [
            _Views.fit(case, known[part != one]).level(known[part == one])
            for one in np.unique(part).tolist()
            if (part != one).sum() >= LEAST_ROWS
        ]
        views = _Views.fit(case, known)
        return cls(case, views, _tail(np.concatenate(unseen or [views.level(known)])))

    def rarity(self, rows: Ints) -> Floats:
        """(rows,) p-values; NaN where the machine's usual or the shift's outcome is unknown."""
        machine = self.case.history.machine[rows]
        nothing = np.isnan(self.case.table[rows] - self.views.normal.middle[machine]).all(axis=1)
        return np.where(nothing, np.nan, self.levels.p(self.views.level(rows)))

    def reasons(self, row: int) -> tuple[str, ...]:
        history, rows = self.case.history, np.array([row])
        machine = history.machine[rows]
        table = self.case.table[rows]
        bad = badness(table, machine, self.views.normal) * beyond(table, machine, self.views.normal)
        foretold = self.case.foretold
        return reasons(
            row=table[0],
            beyond=bad[0],
            edge=self.views.normal.edge[machine[0]],
            planned_min=float(history.planned_min[row]),
            expected_min=np.nan if foretold is None else float(foretold.median_min[row]),
        )


def _tail(normal: Floats) -> Tail:
    return Tail.fit(normal, BODY)


def _residual(history: ShiftHistory, foretold: Foretold | None) -> Floats:
    """(rows,) minutes beyond the median that was predicted, by the width that was."""
    if foretold is None:
        return np.full(len(history), np.nan)
    width = np.maximum(foretold.hi80 - foretold.median_min, MATERIAL[DOWNTIME])
    return np.asarray((history.downtime_min - foretold.median_min) / width)
