"""Days with and days without: Teunter, Syntetos and Babai, for metrics that are often zero.

The chance that a day is not zero is smoothed every day, p ← p + β (1{y>0} - p); what it then brings
has the distribution of the last non-zero days (Teunter, Syntetos and Babai, Intermittent demand:
linking forecasting to inventory obsolescence, EJOR 214, 2011, which smooths the mean size instead).
A quantile u is 0 up to 1 - p, above it the size's quantile (u - (1 - p)) / p. The chance one day
ahead moves to the long-run one with the horizon, as a two-state chain whose memory is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import LEVELS

SIZES = 120
"""Non-zero days whose sizes count."""


@dataclass(frozen=True, slots=True)
class TeunterSyntetosBabai:
    """`beta` smooths the chance of a non-zero day."""

    name: str = "tsb"
    least_days: int = 28
    beta: float = 0.05

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [self._quantiles(past) for past in pasts]

    def _quantiles(self, past: Past) -> Floats:
        values = past.values[past.known]
        floor = 0.0 if past.lower is None else past.lower
        hit = (values > floor).astype(float)
        sizes = np.sort(values[values > floor][-SIZES:])
        steps = np.arange(1.0, len(past.ahead) + 1)
        chance = self._chance(hit, steps)
        if not sizes.size:
            return np.full((len(steps), len(LEVELS)), floor)
        within = (LEVELS - (1 - chance[:, None])) / np.maximum(chance[:, None], 1e-9)
        at = np.clip(within, 0, 1)
        drawn = np.interp(at, (np.arange(len(sizes)) + 0.5) / len(sizes), sizes)
        return past.bounded(np.where(within <= 0, floor, drawn))

    def _chance(self, hit: Floats, steps: Floats) -> Floats:
        """The chance of a non-zero day 1, 2, … worked days ahead."""
        smoothed = hit[: 2 * 7].mean()
        for one in hit:
            smoothed += self.beta * (one - smoothed)
        memory = _memory(hit)
        return np.asarray(np.clip(smoothed + memory**steps * (hit[-1] - smoothed), 0, 1))


def _memory(hit: Floats) -> float:
    """The lag-1 autocorrelation of 'not zero', 0..0.98, shrunk by two imagined changes."""
    share = hit.mean()
    if share in (0.0, 1.0):
        return 0.0
    stays = ((hit[1:] == 1) & (hit[:-1] == 1)).sum() / ((hit[:-1] == 1).sum() + 1)
    begins = ((hit[1:] == 1) & (hit[:-1] == 0)).sum() / ((hit[:-1] == 0).sum() + 1)
    return float(np.clip(stays - begins, 0.0, 0.98))
