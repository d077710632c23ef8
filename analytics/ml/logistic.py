"""Chances from scores: logistic regression by Newton's method, with targets drawn in from 0 and 1.

    p = 1 / (1 + exp(−(a + b · z)))         z standardised

Platt (1999), Probabilistic outputs for support vector machines: the targets are (n₊ + 1) / (n₊ + 2)
and 1 / (n₋ + 2), so that a few shifts never make a chance certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import Floats

STEPS, HALVINGS, PENALTY = 30, 20, 1.0
FURTHEST = 12.0
"""Deviations. Of machines that seldom stop, the few that are about to lie ten of them out."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """Coefficients with what standardises the scores; `weights[0]` is the constant."""

    centre: Floats
    scale: Floats
    weights: Floats

    def chance(self, scores: Floats) -> Floats:
        """Scores (n, k) in, chances (n,) out."""
        z = np.clip((scores - self.centre) / self.scale, -FURTHEST, FURTHEST)
        return _sigmoid(self.weights[0] + _scored(z, self.weights[1:]))


def logistic(scores: Floats, happened: NDArray[np.bool_]) -> Logistic:
    """Fitted on what happened; a unit penalty on all but the constant."""
    centre, scale = scores.mean(axis=0), scores.std(axis=0)
    scale = np.where(scale > 1e-9, scale, np.inf)
    z = np.clip((scores - centre) / scale, -FURTHEST, FURTHEST)
    x = np.column_stack([np.ones(len(z)), z])
    positives, negatives = happened.sum(), (~happened).sum()
    target = np.where(happened, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = np.zeros(x.shape[1])
    start = np.clip(target.mean(), 1e-6, 1 - 1e-6)
    weights[0] = np.log(start / (1 - start))
    penalty = np.diag([1e-6] + [PENALTY] * z.shape[1])
    for _ in range(STEPS):
        p = _sigmoid(_scored(x, weights))
        slope = np.einsum("nk,n->k", x, target - p) - penalty @ weights
        curve = np.einsum("nj,nk->jk", x * (p * (1 - p))[:, None], x) + penalty
        weights = _better(x, target, penalty, weights=weights, step=np.linalg.solve(curve, slope))
    return Logistic(centre, np.where(np.isfinite(scale), scale, 1e30), weights)


def _better(x: Floats, target: Floats, penalty: Floats, *, weights: Floats, step: Floats) -> Floats:
    """The step of Newton, halved until it does not overshoot: far from the answer it would."""
    now = _loss(x, target, penalty, weights)
    for _ in range(HALVINGS):
        if _loss(x, target, penalty, weights + step) <= now:
            return weights + step
        step = step / 2
    return weights


def _loss(x: Floats, target: Floats, penalty: Floats, weights: Floats) -> float:
    """Cross-entropy and penalty."""
    score = _scored(x, weights)
    return float((np.logaddexp(0, score) - target * score).sum() + weights @ penalty @ weights / 2)


def _scored(x: Floats, weights: Floats) -> Floats:
    """x · w by plain loops: BLAS adds up in an order that depends on its threads."""
    scores: Floats = np.einsum("nk,k->n", x, weights)
    return scores


def log_odds(chance: Floats) -> Floats:
    """ln(p / (1 − p)), kept finite."""
    held = np.clip(chance, 1e-5, 1 - 1e-5)
    return np.log(held / (1 - held))


def _sigmoid(x: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0)))
