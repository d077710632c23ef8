"""How often what was given a chance came true, bin by bin.

The range is Wilson's (1927) score interval at 95 %:
(p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import Floats

EDGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95)
Z = 1.959963984540054
FEWEST = 20


def reliability(chance: Floats, happened: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Mean chance, observed share with its 95 % range and number of shifts, bin by bin.

    A bin of fewer than FEWEST shifts tells too little on its own: it is one with its neighbour, and
    `merged` says of how many bins that have shifts a row is made.
    """
    bins = []
    place = np.searchsorted(EDGES, chance, side="right")
    for group in _enough(place):
        rows = np.isin(place, group)
        low, high = wilson(int(happened[rows].sum()), int(rows.sum()))
        bins.append(
            {
                "predicted": float(chance[rows].mean()),
                "observed": float(happened[rows].mean()),
                "low": low,
                "high": high,
                "shifts": int(rows.sum()),
                "merged": len(group),
            }
        )
    return bins


def merged_bins(bins: list[dict[str, Any]]) -> list[str]:
    """The sentence that says how many bins lost their own row; none where none did."""
    merged = sum(one["merged"] for one in bins if one["merged"] > 1)
    if not merged:
        return []
    return [
        f"{merged} groups of chances, some of fewer than {FEWEST} shifts, are told together with"
        " their neighbours."
    ]


def _enough(places: NDArray[np.int64]) -> list[list[int]]:
    """Neighbouring bins in groups of FEWEST shifts or more, from the lowest on; what is left at the
    end joins the last group.
    """
    groups: list[list[int]] = []
    count = FEWEST
    for place, shifts in zip(*np.unique(places, return_counts=True), strict=True):
        if count >= FEWEST:
            groups.append([])
            count = 0
        groups[-1].append(int(place))
        count += int(shifts)
    if count < FEWEST and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    return groups


def told_together(shifts: Sequence[int]) -> list[list[int]]:
    """Places of levels, lowest first, in the groups that are told.

    A level of fewer than FEWEST shifts is told with the one below, the lowest with the one above
    unless those that it is told with make it FEWEST; one that was never said is in no group.
    """
    groups: list[list[int]] = []
    for place, count in enumerate(shifts):
        if count >= FEWEST or (count and not groups):
            groups.append([])
        if count:
            groups[-1].append(place)
    if len(groups) > 1 and sum(shifts[place] for place in groups[0]) < FEWEST:
        groups[:2] = [groups[0] + groups[1]]
    return groups


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % range of a share; trials > 0."""
    share, square = successes / trials, Z * Z / trials
    centre = share + square / 2
    reach = Z * float(np.sqrt(share * (1 - share) / trials + square / (4 * trials)))
    low, high = (centre - reach) / (1 + square), (centre + reach) / (1 + square)
    return max(0.0, low), min(1.0, high)
