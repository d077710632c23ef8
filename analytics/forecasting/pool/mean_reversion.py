"""Back to the long-run mean: how much of the present deviation is left after h days is measured.

With s the exponentially smoothed level and μ the long-run mean of the series without its weekdays,
the direct regression y(t+h) - μ = β_h (s(t) - μ) + e, one for each horizon (Marcellino, Stock and
Watson, A comparison of direct and iterated multistep AR methods, Journal of Econometrics 135,
2006), β between 0 and 1 and shrunk towards 0. Quantiles are those of e, the newest counting most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.pool.weekdays import effects_of
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import LEVELS

SMOOTHING = 0.3
STEPS = (1, 2, 3, 5, 7, 10, 14, 20, 30)
"""Worked days ahead with a regression of their own; those between are interpolated."""
PRIOR = 10.0
"""Imagined pairs, of a series' variance, without any memory."""


@dataclass(frozen=True, slots=True)
class MeanReversion:
    """`window` worked days count, with a half-life of `half_life` for the residuals."""

    name: str = "mean_reversion"
    least_days: int = 28
    window: int = 240
    half_life: float = 60.0

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [self._quantiles(past) for past in pasts]

    def _quantiles(self, past: Past) -> Floats:
        effects = effects_of(past)
        line = (past.filled - effects[past.weekday])[-self.window :]
        mean = line.mean()
        level = _smoothed(line - mean)
        steps = [step for step in STEPS if step <= max(1, len(line) // 2)]
        spread = np.array([self._after(line - mean, level, step) for step in steps])
        ahead = np.arange(1, len(past.ahead) + 1)
        found = np.column_stack([np.interp(ahead, steps, spread[:, n]) for n in range(len(LEVELS))])
        return past.bounded(mean + effects[past.ahead_weekday][:, None] + found)

    def _after(self, line: Floats, level: Floats, step: int) -> Floats:
        """Quantiles `step` days after the present, as deviations from the mean."""
        before, after = level[:-step], line[step:]
        shrink = (before**2).sum() + PRIOR * line.var() + 1e-12
        beta = float(np.clip((before * after).sum() / shrink, 0.0, 1.0))
        weight = 0.5 ** (np.arange(len(after))[::-1] / self.half_life)
        return np.asarray(beta * level[-1] + weighted_quantiles(after - beta * before, weight))


def weighted_quantiles(values: Floats, weight: Floats) -> Floats:
    """Quantiles at LEVELS of values that count unequally."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    at = (total - weight[order] / 2) / total[-1]
    return np.asarray(np.interp(LEVELS, at, values[order]))


def _smoothed(line: Floats) -> Floats:
    level, held = np.empty(len(line)), line[: min(7, len(line))].mean()
    for n, one in enumerate(line):
        held += SMOOTHING * (one - held)
        level[n] = held
    return level
