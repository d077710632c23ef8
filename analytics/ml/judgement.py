"""What the shifts held back say: who serves, with which weights, and how well it would have done.

Weights and calibration are chosen on half of the weeks and judged on the others, and the other way
round, so that no figure shown comes from a shift that was used for it. What serves is chosen on
all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.ml.best_naive import best_naive
from analytics.ml.calibration import Calibration, Circumstances, Promise, calibrate, circumstances
from analytics.ml.ensemble import Ensemble, Guess, weigh
from analytics.ml.guard import guarded, skill
from analytics.ml.history import Floats, Ints
from analytics.ml.model import Guard
from analytics.ml.regressors import NAIVE
from analytics.ml.training import Asked, Fitted

WEEK_US = 7 * 86_400_000_000
FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`promise` is out of sample, on the shifts held back; ``losses` mean |error|."""

    ensemble: Ensemble
    calibration: Calibration
    promise: Promise
    at: Circumstances
    guard: Guard
    best_naive: str
    losses: dict[str, float]
    ours: float
    naive_min: Floats

    @property
    def planned_min(self) -> Floats:
        """Of the shifts held back."""
        return self.at.planned_min

    @property
    def skill(self) -> float:
        """1 − our error / the best naive member's."""
        return skill(self.ours, self.losses[self.best_naive])


def judge(fitted: Fitted, held: Asked, *, machine: Ints, start_us: Ints) -> Judgement:
    """The ensemble if it has skill, else the best naive member."""
    at = circumstances(held.table, machine)
    share = at.planned_min / 480.0
    losses = {
        name: float(np.abs(held.actual_min - answer * share).mean())
        for name, answer in fitted.answers.items()
    }
    folds = _folds(start_us)
    promise = _across(fitted, held, at, folds=folds, only=None)
    guard = guarded(_loss(promise, held), losses)
    only = None if guard.serves == "model" else guard.serves
    if only is not None:
        promise = _across(fitted, held, at, folds=folds, only=only)
    everything = np.ones(len(start_us), np.bool_)
    ensemble = _chosen(fitted, held, everything, only=only)
    guess = ensemble.blend(fitted.answers, fitted.chance)
    return Judgement(
        ensemble=ensemble.needed(best_naive(losses)),
        calibration=calibrate(guess, at, held.actual_min), promise=promise,
        at=at, guard=guard, best_naive=best_naive(losses), losses=losses,
        ours=_loss(promise, held),
        naive_min=fitted.answers[best_naive(losses)] * share,
    )  # fmt: skip


def _loss(promise: Promise, held: Asked) -> float:
    return float(np.abs(held.actual_min - promise.median).mean())


def _folds(start_us: Ints) -> Ints:
    """Every other week; every other shift where that leaves a half with too little."""
    for length in (WEEK_US, WEEK_US // 7, WEEK_US // 21):
        fold = start_us // length % 2
        if min((fold == 0).sum(), (fold == 1).sum()) >= FEWEST:
            return fold
    return (np.arange(len(start_us)) % 2).astype(np.int64)


def _across(
    fitted: Fitted, held: Asked, at: Circumstances, *, folds: Ints, only: str | None
) -> Promise:
    parts = np.zeros((len(folds), 8))
    for fold in (0, 1):
        learn, test = folds != fold, folds == fold
        ensemble = _chosen(fitted, held, learn, only=only)
        guess = ensemble.blend(fitted.answers, fitted.chance)
        found = calibrate(_guess(guess, learn), at.of(learn), held.actual_min[learn])
        said = found.promise(_guess(guess, test), at.of(test))
        parts[test] = np.column_stack(
            [said.median, said.expected, said.bands, said.chance, said.confidence]
        )
    return Promise(parts[:, 0], parts[:, 1], parts[:, 2:6], parts[:, 6], parts[:, 7])


def _chosen(fitted: Fitted, held: Asked, rows: NDArray[np.bool_], *, only: str | None) -> Ensemble:
    """Weights by the shifts of some rows; of naive members alone where one of them serves."""
    answers = {name: answer[rows] for name, answer in fitted.answers.items()}
    if only is not None:
        answers = {member.name: answers[member.name] for member in NAIVE}
    median, expected = weigh(answers, held.rate[rows])
    if only is not None:
        median = {only: 1.0}
    return Ensemble(fitted.members, median, expected, fitted.exceedance)


def _guess(guess: Guess, rows: NDArray[np.bool_]) -> Guess:
    return Guess(guess.median[rows], guess.expected[rows], guess.chance[rows])
