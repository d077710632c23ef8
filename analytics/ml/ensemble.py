"""Fitted members and how much each counts: the median, expected minutes and raw chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analytics.ml.best_naive import best_naive
from analytics.ml.exceedance import Exceedance
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors import NAIVE, Regressor
from analytics.ml.regressors.xgb_absolute import XgbAbsolute
from analytics.ml.selection import absolute_loss, select, squared_loss

FULL, NEAR = 480.0, 1.0
NEAR_SHARE = 0.15
PROBABLY, LIKELY, CLEARLY = 1.0, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Guess:
    """Minutes per 480 planned; `chance` is that of half an hour, not calibrated."""

    median: Floats
    expected: Floats
    chance: Floats


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Weights by member sum to 1. Without an exceedance model expected minutes stand for it."""

    members: dict[str, Regressor]
    median_weights: dict[str, float]
    expected_weights: dict[str, float]
    exceedance: Exceedance | None

    def guess(self, table: FeatureTable) -> Guess:
        """What the members that count say of each question."""
        wanted = {*self.median_weights, *self.expected_weights}
        answers = answers_of({name: self.members[name] for name in sorted(wanted)}, table)
        chance = np.clip(self.exceedance.chance(table), 0, 1) if self.exceedance else None
        return self.blend(answers, chance)

    def blend(self, answers: Mapping[str, Floats], chance: Floats | None) -> Guess:
        """Weighted means of answers that are there already."""
        median = settled(blended(answers, self.median_weights))
        expected = blended(answers, self.expected_weights)
        return Guess(median, expected, 1 - np.exp(-expected / 120) if chance is None else chance)

    def needed(self, naive: str) -> Ensemble:
        """Without the members that have no weight, but for the naive one that is compared with."""
        kept = {*self.median_weights, *self.expected_weights, naive}
        members = {name: one for name, one in self.members.items() if name in kept}
        return replace(self, members=members)

    def expected(self, table: FeatureTable) -> Floats:
        """Expected minutes alone: for explaining them."""
        names = self.expected_weights
        return blended(answers_of({name: self.members[name] for name in names}, table), names)


def answers_of(members: Mapping[str, Regressor], table: FeatureTable) -> dict[str, Floats]:
    """What each member says, kept within the shift."""
    return {
        name: np.clip(member.predict(table), 0.0, FULL).astype(np.float64)
        for name, member in members.items()
    }


def blended(answers: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Σ weight × answer, in the order of the names so that the last bit is the same everywhere."""
    total = np.zeros(len(next(iter(answers.values()))))
    for name in sorted(weights):
        total = total + weights[name] * answers[name]
    return total


def settled(median: Floats) -> Floats:
    """Within a minute of nothing or of the whole shift a median is that: the rest is noise."""
    median = np.where(median < NEAR, 0.0, median)
    return np.where(median > FULL - NEAR, FULL, median)


def weigh(answers: Mapping[str, Floats], actual: Floats) -> tuple[dict[str, float], ...]:
    """Weights for the median and for the expected minutes, chosen on unseen shifts."""
    plain, mixed = _plain(answers, actual), select(answers, absolute_loss(actual))
    gain = _gain(answers, plain, mixed, actual)
    median = mixed if gain > CLEARLY else _anchored(plain, answers, actual)
    return median, select(answers, squared_loss(actual))


def near_best(answers: Mapping[str, Floats], actual: Floats) -> dict[str, float]:
    """Equal shares of the members that err at most 15 % more than the best; one naive among them.

    A few hundred shifts do not tell such members apart, and the mean of several that err in
    different ways errs less than each: Bates and Granger (1969), OR Quarterly 20(4); equal weights
    are hard to beat: Clemen (1989), International Journal of Forecasting 5(4).
    """
    loss = absolute_loss(actual)
    losses = {name: loss(answer) for name, answer in answers.items()}
    limit = min(losses.values()) * (1 + NEAR_SHARE)
    naive = min((one.name for one in NAIVE), key=losses.__getitem__)
    spared = {one.name for one in NAIVE} - {naive}
    near = [name for name in answers if losses[name] <= limit and name not in spared]
    return {name: 1 / len(near) for name in near}


def _plain(answers: Mapping[str, Floats], actual: Floats) -> dict[str, float]:
    """The committee of trees alone, or the near best together where those err less."""
    together, trees = near_best(answers, actual), {XgbAbsolute.name: 1.0}
    if XgbAbsolute.name not in answers:
        return together
    return together if _gain(answers, trees, together, actual) > LIKELY else trees


def _anchored(
    weights: Mapping[str, float], answers: Mapping[str, Floats], actual: Floats
) -> dict[str, float]:
    """Half and half with the best naive member, where that errs less by more than luck."""
    loss = absolute_loss(actual)
    naive = best_naive({one.name: loss(answers[one.name]) for one in NAIVE})
    halves = {name: weight / 2 for name, weight in weights.items()}
    halves[naive] = halves.get(naive, 0.0) + 0.5
    return halves if _gain(answers, weights, halves, actual) > PROBABLY else dict(weights)


def _gain(
    answers: Mapping[str, Floats], one: Mapping[str, float], other: Mapping[str, float],
    actual: Floats,
) -> float:  # fmt: skip
    """By how many standard errors the other weights err less, shift by shift.

    Where stops are rare a handful of shifts decides a choice, and a mix may look good by luck: the
    rule of Breiman et al. (1984) in pairs. One error for half of a naive member, two for a mean of
    several, three for the greedy choice, which is the best of very many.
    """
    errors = [np.abs(actual - blended(answers, weights)) for weights in (one, other)]
    gain = errors[0] - errors[1]
    doubt = float(gain.std()) / float(np.sqrt(len(gain)))
    return float(gain.mean()) / doubt if doubt > 0 else 0.0
