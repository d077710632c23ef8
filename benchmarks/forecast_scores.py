"""Scores of daily forecasts by set and by who made them, and the gates they have to pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.forecasting.pool.roster import NAIVE
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import inside, wis
from benchmarks.forecast_rivals import LIBRARY

OURS = "ours"
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
class Beside:
    """One maker against a rival: mean WIS of each series on the days that both know."""

    ours: Floats
    rival: Floats

    @property
    def ratio(self) -> float:
        return float(np.nansum(self.ours) / np.nansum(self.rival))

    @property
    def ratios(self) -> Floats:
        """By series, of those on which the rival is not perfect."""
        judged = self.rival > 0
        return np.asarray(self.ours[judged] / self.rival[judged])

    @property
    def share_worse(self) -> float:
        return float(np.nanmean(self.ours > self.rival))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of one maker on one set: against the library's seasonal naive and against the pool's."""

    library: Beside
    pool: Beside
    coverage_80: float
    coverage_95: float

    @property
    def wis(self) -> float:
        return float(np.nanmean(self.pool.ours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A gate's figure against the library's seasonal naive, and `strict`, the same against the
    pool's; None where no rival is in it. Only `figure` decides.
    """

    title: str
    figure: float
    limit: str
    passed: bool
    strict: float | None = None


def scores_of(answers: Answers) -> dict[str, Score]:
    """By maker; a maker counts on the days on which it spoke, and so do its rivals beside it."""
    truth = np.array(answers.truths)
    rivals = [wis(np.array(answers.by_maker[name]), truth) for name in (LIBRARY, NAIVE)]
    found = {}
    for maker, held in answers.by_maker.items():
        quantiles = np.array(held)
        ours = wis(quantiles, truth)
        if np.isnan(ours).all():
            continue
        library, pool = (_beside(ours, rival) for rival in rivals)
        found[maker] = Score(
            library=library,
            pool=pool,
            coverage_80=float(np.nanmean(inside(quantiles, truth, 0.8))),
            coverage_95=float(np.nanmean(inside(quantiles, truth, 0.95))),
        )
    return found


def gates(sets: Mapping[str, Mapping[str, Score]]) -> list[Verdict]:
    """The downtime sets count together in minutes; of plant series, whose units differ, the mean of
    ratios counts.
    """
    ours = {name: scores[OURS] for name, scores in sets.items()}
    found = []
    minutes = [ours[name] for name in DOWNTIME if name in ours]
    if minutes:
        figures = [_together(held) for held in _against(minutes)]
        found.append(_at_most("WIS on daily downtime / seasonal naive", figures, 0.85))
    plants = [ours[name] for name in PLANT if name in ours]
    if plants:
        figures = [
            float(np.concatenate([one.ratios for one in held]).mean()) for held in _against(plants)
        ]
        found.append(_at_most("WIS on plant series / seasonal naive", figures, 0.72))
    return [*found, *_coverage(list(ours.values()))]


def _against(ours: Sequence[Score]) -> tuple[list[Beside], list[Beside]]:
    return [one.library for one in ours], [one.pool for one in ours]


def _together(held: Sequence[Beside]) -> float:
    """The ratio of all minutes to all of the rival's."""
    ours, rival = (sum(np.nansum(side) for side in sides) for sides in _sides(held))
    return float(ours / rival)


def _sides(held: Sequence[Beside]) -> tuple[list[Floats], list[Floats]]:
    return [one.ours for one in held], [one.rival for one in held]


def _at_most(title: str, figures: Sequence[float], limit: float) -> Verdict:
    figure, strict = figures
    return Verdict(
        title=title,
        figure=figure,
        limit=f"≤ {limit:.2f}",
        passed=figure <= limit,
        strict=strict,
    )


def _coverage(ours: Sequence[Score]) -> list[Verdict]:
    counts = np.array([len(one.pool.ours) for one in ours])
    cover_80 = float(np.average([one.coverage_80 for one in ours], weights=counts))
    cover_95 = float(np.average([one.coverage_95 for one in ours], weights=counts))
    worse = [
        float(np.average([one.share_worse for one in held], weights=counts))
        for held in _against(ours)
    ]
    return [
        _between("coverage of the 80 % band", cover_80, 0.75, 0.88),
        _between("coverage of the 95 % band", cover_95, 0.92, 0.985),
        _at_most("share of series worse than seasonal naive", worse, 0.10),
    ]


def _between(title: str, figure: float, least: float, most: float) -> Verdict:
    return Verdict(
        title=title,
        figure=figure,
        limit=f"{least} … {most}",
        passed=least <= figure <= most,
    )


def _beside(ours: Floats, rival: Floats) -> Beside:
    """(origins, series, 30) scores to the means of each series."""
    both = ~np.isnan(ours) & ~np.isnan(rival)
    counts = both.sum(axis=(0, 2))
    means = [
        np.where(
            counts > 0,
            np.where(both, one, 0).sum(axis=(0, 2)) / np.maximum(counts, 1),
            np.nan,
        )
        for one in (ours, rival)
    ]
    return Beside(ours=means[0], rival=means[1])
