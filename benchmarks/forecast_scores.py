"""Scores of daily forecasts by set and by who made them, and the gates they have to pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.forecasting.pool.roster import NAIVE
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import inside, wis

OURS, RECIPE, NORMAL = "ours", "LSTM + Prophet", "normal naive"
DOWNTIME, PLANT = ("grid5000", "lanl16", "lanl18"), ("steel", "etth1")


@dataclass(slots=True)
class Answers:
    """Of one set: (series, 30, 5) quantiles by origin and maker, and (series, 30) truths."""

    truths: list[Floats] = field(default_factory=list)
    by_maker: dict[str, list[Floats]] = field(default_factory=dict)

    def add(self, truth: Floats, makers: Mapping[str, Floats]) -> None:
        self.truths.append(truth)
        for maker, quantiles in makers.items():
            self.by_maker.setdefault(maker, []).append(quantiles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of one maker on one set; `by_series` and `naive_by_series` are mean WIS of each series on
    the days that both know.
    """

    by_series: Floats
    naive_by_series: Floats
    coverage_80: float
    coverage_95: float

    @property
    def wis(self) -> float:
        return float(np.nanmean(self.by_series))

    @property
    def ratio(self) -> float:
        return float(np.nansum(self.by_series) / np.nansum(self.naive_by_series))

    @property
    def ratios(self) -> Floats:
        """By series, of those on which seasonal naive is not perfect."""
        judged = self.naive_by_series > 0
        return np.asarray(self.by_series[judged] / self.naive_by_series[judged])

    @property
    def share_worse(self) -> float:
        return float(np.nanmean(self.by_series > self.naive_by_series))


def scores_of(answers: Answers) -> dict[str, Score]:
    """By maker; a maker counts on the days on which it spoke, and so does naive beside it."""
    truth = np.array(answers.truths)
    naive = wis(np.array(answers.by_maker[NAIVE]), truth)
    found = {}
    for maker, held in answers.by_maker.items():
        quantiles = np.array(held)
        ours = wis(quantiles, truth)
        both = ~np.isnan(ours) & ~np.isnan(naive)
        if not both.any():
            continue
        found[maker] = Score(
            by_series=_by_series(ours, both),
            naive_by_series=_by_series(naive, both),
            coverage_80=float(np.nanmean(inside(quantiles, truth, 0.8))),
            coverage_95=float(np.nanmean(inside(quantiles, truth, 0.95))),
        )
    return found


def gates(sets: Mapping[str, Mapping[str, Score]]) -> list[tuple[str, float, str, bool]]:
    """Title, figure, limit in words and verdict. The downtime sets count together in minutes; of
    plant series, whose units differ, the mean of ratios counts.
    """
    ours = {name: scores[OURS] for name, scores in sets.items()}
    found = []
    minutes = [ours[name] for name in DOWNTIME if name in ours]
    if minutes:
        held = sum(np.nansum(one.by_series) for one in minutes)
        figure = float(held / sum(np.nansum(one.naive_by_series) for one in minutes))
        found.append(("WIS on daily downtime / seasonal naive", figure, "≤ 0.85", figure <= 0.85))
    plants = [ours[name].ratios for name in PLANT if name in ours]
    if plants:
        figure = float(np.concatenate(plants).mean())
        found.append(("WIS on plant series / seasonal naive", figure, "≤ 0.72", figure <= 0.72))
    return [*found, *_coverage(list(ours.values()))]


def _coverage(ours: Sequence[Score]) -> list[tuple[str, float, str, bool]]:
    counts = np.array([len(one.by_series) for one in ours])
    cover_80 = float(np.average([one.coverage_80 for one in ours], weights=counts))
    cover_95 = float(np.average([one.coverage_95 for one in ours], weights=counts))
    worse = float(np.average([one.share_worse for one in ours], weights=counts))
    return [
        ("coverage of the 80 % band", cover_80, "0.75 … 0.88", 0.75 <= cover_80 <= 0.88),
        ("coverage of the 95 % band", cover_95, "0.92 … 0.985", 0.92 <= cover_95 <= 0.985),
        ("share of series worse than seasonal naive", worse, "≤ 0.10", worse <= 0.10),
    ]


def _by_series(scores: Floats, both: Floats) -> Floats:
    """(origins, series, 30) to the mean of each series."""
    sums = np.where(both, scores, 0).sum(axis=(0, 2))
    counts = both.sum(axis=(0, 2))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
