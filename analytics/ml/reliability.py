"""How often what was given a chance came true, bin by bin.

The range is Wilson's (1927) score interval at 95 %:
(p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import Floats

EDGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95)
Z = 1.959963984540054


def reliability(chance: Floats, happened: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Mean chance, observed share with its 95 % range and number of each bin that has any."""
    place = np.searchsorted(EDGES, chance, side="right")
    bins = []
    for one in range(len(EDGES) + 1):
        rows = place == one
        if not rows.any():
            continue
        low, high = wilson(int(happened[rows].sum()), int(rows.sum()))
        bins.append(
            {
                "predicted": float(chance[rows].mean()),
                "observed": float(happened[rows].mean()),
                "low": low,
                "high": high,
                "shifts": int(rows.sum()),
            }
        )
    return bins


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % range of a share; trials > 0."""
    share, square = successes / trials, Z * Z / trials
    centre = share + square / 2
    reach = Z * float(np.sqrt(share * (1 - share) / trials + square / (4 * trials)))
    low, high = (centre - reach) / (1 + square), (centre + reach) / (1 + square)
    return max(0.0, low), min(1.0, high)
