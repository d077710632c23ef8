"""Intervals by split conformal calibration, group by group.

    lo = m + Q(α/2) of y − m,  hi = m + Q(1 − α/2) of y − m      over the shifts of the group

with the finite-sample ranks of Vovk, Gammerman and Shafer (2005); where a rank lies beyond the
group's shifts, the interval reaches the bound 0 or the planned minutes. Groups are the state as of
the question, each split by expected minutes: Mondrian conformal prediction, so that coverage holds
in each group and not only overall. A state of fewer than 20 shifts is merged with the nearest one:
its interval is the wider of both, and it is listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.ml.history import Floats, Ints
from analytics.ml.standing import STATES

LEVELS = (0.8, 0.95)
IS_LOWER = np.array([True, False, True, False])
FEWEST = 20
SPLITS, SPLIT_FEWEST = 4, 100
FULL = 480.0


@dataclass(frozen=True, slots=True)
class Bands:
    """Offsets of each state's bins: numbers of `edges` part them by expected minutes, `offsets` are
    lo80 hi80 lo95 hi95.

    `group` of a state names the state that it is merged with, which is itself where it has enough
    shifts; `merged` has a sentence for each that has not.
    """

    group: tuple[int, ...]
    edges: dict[int, list[float]]
    offsets: dict[int, list[list[float]]]
    own: list[list[float]]
    merged: tuple[str, ...]

    def around(self, median: Floats, expected: Floats, state: Ints) -> Floats:
        """(n, 4) of lo80, hi80, lo95, hi95 in 0..480, holding the median."""
        out = np.zeros((len(median), 4))
        for one, group in enumerate(self.group):
            rows = np.flatnonzero(state == one)
            place = np.searchsorted(self.edges[group], expected[rows], side="right")
            offsets, own = np.array(self.offsets[group])[place], np.array(self.own[one])
            wider = np.where(IS_LOWER, np.minimum(offsets, own), np.maximum(offsets, own))
            out[rows] = median[rows, None] + wider
        out[:, [0, 2]] = np.minimum(out[:, [0, 2]], median[:, None])
        out[:, [1, 3]] = np.maximum(out[:, [1, 3]], median[:, None])
        return np.clip(out, 0.0, FULL)

    def as_json(self) -> dict[str, Any]:
        """What `bands_from` reads."""
        return {
            "group": list(self.group),
            "edges": {str(key): value for key, value in self.edges.items()},
            "offsets": {str(key): value for key, value in self.offsets.items()},
            "own": self.own,
            "merged": list(self.merged),
        }


def bands_from(held: Mapping[str, Any]) -> Bands:
    """Bands as `as_json` wrote them."""
    edges = {int(key): value for key, value in held["edges"].items()}
    offsets = {int(key): value for key, value in held["offsets"].items()}
    return Bands(tuple(held["group"]), edges, offsets, held["own"], tuple(held["merged"]))


def bands(actual: Floats, median: Floats, *, expected: Floats, state: Ints) -> Bands:
    """Calibrated on shifts that nothing was learned from; minutes per 480."""
    group, merged = _merged(state)
    rest = actual - median
    edges: dict[int, list[float]] = {}
    offsets: dict[int, list[list[float]]] = {}
    for one in sorted(set(group)):
        rows = np.flatnonzero(state == one)
        edges[one] = _edges(expected[rows])
        place = np.searchsorted(edges[one], expected[rows], side="right")
        offsets[one] = [_offsets(rest[rows][place == at]) for at in range(len(edges[one]) + 1)]
    own = [
        [0.0] * 4 if group[one] == one else _offsets(rest[state == one])
        for one in range(len(STATES))
    ]
    return Bands(group, edges, offsets, own, merged)


def _merged(state: Ints) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Each state's group: itself, else the nearest with enough shifts, else the fullest."""
    counts = np.bincount(state, minlength=len(STATES)).tolist()
    enough = [one for one, count in enumerate(counts) if count >= FEWEST]
    group = tuple(
        min(enough or [int(np.argmax(counts))], key=lambda other: (abs(other - one), other))
        for one in range(len(STATES))
    )
    said = tuple(
        f"{STATES[one]}: {counts[one]} shifts are fewer than {FEWEST}, so its interval is"
        f" at least that of “{STATES[group[one]]}”."
        for one in range(len(STATES))
        if group[one] != one and counts[one]
    )
    return group, said


def _edges(expected: Floats) -> list[float]:
    """Up to four bins of equal count by expected minutes, none smaller than 100 shifts."""
    bins = int(min(SPLITS, len(expected) // SPLIT_FEWEST))
    if bins < 2:
        return []
    cuts = np.unique(np.quantile(expected, np.arange(1, bins) / bins)).tolist()
    places = np.bincount(np.searchsorted(cuts, expected, side="right"), minlength=len(cuts) + 1)
    return cuts if places.min() >= FEWEST else []


def _offsets(rest: Floats) -> list[float]:
    """lo80, hi80, lo95, hi95 of the residuals."""
    ordered = np.sort(rest)
    found = []
    for level in LEVELS:
        tail = (1 - level) / 2
        rank = int(np.floor(tail * (len(ordered) + 1)))
        low = float(ordered[rank - 1]) if rank >= 1 else -FULL
        high = float(ordered[len(ordered) - rank]) if rank >= 1 else FULL
        found += [low, high]
    return found
