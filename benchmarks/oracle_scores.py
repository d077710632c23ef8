"""Scores of distributions of a shift's downtime, and how sure one may be of a difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.ml.exceedance import LONG_MIN
from analytics.ml.history import Floats, Ints
from analytics.ml.predictions import Predictions

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
RESAMPLES, SEED = 2_000, 7


@dataclass(frozen=True, slots=True)
class Said:
    """Of each shift: quantiles at LEVELS (n, 5) in minutes, the chance of half an hour or more."""

    quantiles: Floats
    chance: Floats

    @classmethod
    def of(cls, draws: Floats) -> Said:
        """From equally likely outcomes (n, draws)."""
        return cls(np.quantile(draws, LEVELS, axis=1).T, (draws >= LONG_MIN).mean(axis=1))

    @classmethod
    def by(cls, model: Predictions) -> Said:
        """Of a model, or of the naive rule that serves in its place."""
        bands = (model.lo95, model.lo80, model.median_min, model.hi80, model.hi95)
        return cls(np.column_stack(bands), model.p_downtime_30)

    def losses(self, actual: Floats) -> dict[str, Floats]:
        """Of each shift: absolute error of the median, mean pinball loss over LEVELS (Koenker and
        Bassett, 1978), squared error of the chance (Brier, 1950).
        """
        off = actual[:, None] - self.quantiles
        level = np.array(LEVELS)
        return {
            "mae": np.abs(off[:, 2]),
            "pinball": np.maximum(level * off, (level - 1) * off).mean(axis=1),
            "brier": np.square(self.chance - (actual >= LONG_MIN)),
        }

    def scores(self, actual: Floats) -> dict[str, float]:
        """Mean losses, and the share of the shifts within the 80 and the 95 % interval."""
        found = {name: float(loss.mean()) for name, loss in self.losses(actual).items()}
        low95, low80, _, high80, high95 = self.quantiles.T
        found["coverage_80"] = float(((low80 <= actual) & (actual <= high80)).mean())
        found["coverage_95"] = float(((low95 <= actual) & (actual <= high95)).mean())
        return found


def gap(naive: Floats, ours: Floats, oracle: Floats, *, start_us: Ints) -> dict[str, Any]:
    """How much of the way from naive to the oracle we have gone: (naive − ours) / (naive − oracle)
    of mean losses, the room between the two and what is left of it, with the 5th and the 95th
    percentile of a bootstrap. Of a room that may be none the share says little.

    Machines of one plant are bad and good together, so shifts are drawn with all their machines.
    """
    _, place = np.unique(start_us, return_inverse=True)
    sums = np.array([np.bincount(place, loss) for loss in (naive, ours, oracle)])
    counts = np.bincount(place)
    chosen = np.random.default_rng(SEED).integers(len(counts), size=(RESAMPLES, len(counts)))
    drawn = sums[:, chosen].sum(axis=2) / counts[chosen].sum(axis=1)
    left, room_drawn = drawn[1] - drawn[2], drawn[0] - drawn[2]
    room = float(naive.mean() - oracle.mean())
    return {
        "closed": float(naive.mean() - ours.mean()) / room if room > 0 else None,
        "room": room,
        "room_low": float(np.quantile(room_drawn, 0.05)),
        "room_high": float(np.quantile(room_drawn, 0.95)),
        "left": float(ours.mean() - oracle.mean()),
        "left_low": float(np.quantile(left, 0.05)),
        "left_high": float(np.quantile(left, 0.95)),
    }
