"""Which members an ensemble is made of: greedy forward selection with replacement.

Source: Caruana, Niculescu-Mizil, Crew and Ksikes (2004), Ensemble selection from libraries of
models, ICML. Begins with the best member; each step adds the one that lowers the loss most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analytics.ml.history import Floats

STEPS = 15
LEAST_GAIN = 1e-4


def select(answers: Mapping[str, Floats], loss: Callable[[Floats], float]) -> dict[str, float]:
    """Weights that sum to 1, by member; members that do not help are absent.

    `loss` takes an answer for each shift. Ties go to the member named first.
    """
    chosen: list[str] = []
    total = np.zeros_like(next(iter(answers.values())))
    best = np.inf
    for _ in range(STEPS):
        losses = {
            name: loss((total + answer) / (len(chosen) + 1)) for name, answer in answers.items()
        }
        name = min(losses, key=losses.__getitem__)
        if chosen and losses[name] >= best * (1 - LEAST_GAIN):
            break
        best = losses[name]
        chosen.append(name)
        total = total + answers[name]
    return {name: chosen.count(name) / len(chosen) for name in answers if name in chosen}


def absolute_loss(actual: Floats) -> Callable[[Floats], float]:
    """Twice the pinball loss at one half: what a median minimises."""
    return lambda answer: float(np.abs(actual - answer).mean())


def squared_loss(actual: Floats) -> Callable[[Floats], float]:
    """What a mean minimises."""
    return lambda answer: float(np.square(actual - answer).mean())
