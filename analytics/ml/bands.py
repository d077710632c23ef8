"""Intervals by split conformal calibration, group by group.

    lo = m + Q(α/2) of y − m,  hi = m + Q(1 − α/2) of y − m      over the shifts of the group

with the finite-sample ranks of Vovk, Gammerman and Shafer (2005); where a rank lies beyond the
group's shifts, the interval reaches the bound 0 or the planned minutes. Groups are the state as of
the question, each split by expected minutes: Mondrian conformal prediction, so that coverage holds
in each group and not only overall.

A state of fewer than 39 shifts has no rank for 95 %. It borrows those of the nearest states, with
residuals divided by √(15 + expected minutes): the deviation of a sum of stops grows like the root
of its mean (compound Poisson), and so one bad shift of a calm state does not set the width for all.
What is borrowed is not quite of its kind, so it leaves out half as much at either end; from 19
shifts on it is at least what 80 % of its own ask for. It is listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.ml.history import Floats, Ints
from analytics.ml.standing import STATES

LEVELS = (0.8, 0.95)
IS_LOWER = np.array([True, False, True, False])
FEWEST, LEAST_OWN = 39, 19
SPLITS, SPLIT_FEWEST, BIN_FEWEST = 4, 100, 20
CALM_MIN = 15.0
BORROWED_TAILS = 0.5
FULL = 480.0


@dataclass(frozen=True, slots=True)
class StateBands:
    """Offsets of a state's bins: `edges` part them by expected minutes, `offsets` are lo80 hi80
    lo95 hi95, in units of the spread where they are `borrowed`. `own` is the least there is.
    """

    edges: list[float]
    offsets: list[list[float]]
    own: list[float]
    borrowed: bool = False

    def around(self, median: Floats, expected: Floats) -> Floats:
        """(n, 4) of lo80, hi80, lo95, hi95, not yet within bounds."""
        place = np.searchsorted(self.edges, expected, side="right")
        offsets, own = np.array(self.offsets)[place], np.array(self.own)
        if self.borrowed:
            offsets = offsets * _spread(expected)[:, None]
        wider = np.where(IS_LOWER, np.minimum(offsets, own), np.maximum(offsets, own))
        return np.asarray(median[:, None] + wider, np.float64)


@dataclass(frozen=True, slots=True)
class Bands:
    """One element of `states` for each of STATES; `merged` has a sentence for each that borrows."""

    states: tuple[StateBands, ...]
    merged: tuple[str, ...]

    def around(self, median: Floats, expected: Floats, state: Ints) -> Floats:
        """(n, 4) of lo80, hi80, lo95, hi95 in 0..480, holding the median."""
        out = np.zeros((len(median), 4))
        for one, held in enumerate(self.states):
            rows = np.flatnonzero(state == one)
            out[rows] = held.around(median[rows], expected[rows])
        out[:, [0, 2]] = np.minimum(out[:, [0, 2]], median[:, None])
        out[:, [1, 3]] = np.maximum(out[:, [1, 3]], median[:, None])
        return np.clip(out, 0.0, FULL)

    def as_json(self) -> dict[str, Any]:
        """What `bands_from` reads."""
        return {"states": [asdict(one) for one in self.states], "merged": list(self.merged)}


def bands_from(held: Mapping[str, Any]) -> Bands:
    """Bands as `as_json` wrote them, or as format 1 of an artefact did."""
    merged = tuple(held["merged"])
    if "group" in held:
        return Bands(tuple(_of_format_1(held, one) for one in range(len(STATES))), merged)
    return Bands(tuple(StateBands(**one) for one in held["states"]), merged)


def _of_format_1(held: Mapping[str, Any], one: int) -> StateBands:
    """There a state with few shifts had the offsets of another one, or its own where wider."""
    group = str(held["group"][one])
    return StateBands(held["edges"][group], held["offsets"][group], held["own"][one])


def bands(actual: Floats, median: Floats, *, expected: Floats, state: Ints) -> Bands:
    """Calibrated on shifts that nothing was learned from; minutes per 480."""
    counts = np.bincount(state, minlength=len(STATES)).tolist()
    rest, found, said = actual - median, [], []
    for one, count in enumerate(counts):
        rows = state == one
        if count >= FEWEST:
            found.append(_of_its_own(rest[rows], expected[rows]))
            continue
        lenders = _lenders(one, counts)
        pool = np.isin(state, [one, *lenders])
        scaled = rest[pool] / _spread(expected[pool])
        offsets = [_offsets(scaled, BORROWED_TAILS)]
        found.append(StateBands([], offsets, _least(rest[rows]), borrowed=True))
        if count and lenders:
            said.append(_sentence(one, count, lenders))
    return Bands(tuple(found), tuple(said))


def _of_its_own(rest: Floats, expected: Floats) -> StateBands:
    edges = _edges(expected)
    place = np.searchsorted(edges, expected, side="right")
    offsets = [_offsets(rest[place == at]) for at in range(len(edges) + 1)]
    return StateBands(edges, offsets, [0.0] * 4)


def _lenders(one: int, counts: list[int]) -> list[int]:
    """The nearest states that have any shifts, until there are enough."""
    lenders: list[int] = []
    near = sorted(range(len(counts)), key=lambda other: (abs(other - one), other))
    for other in near[1:]:
        if sum(counts[held] for held in [one, *lenders]) < FEWEST and counts[other]:
            lenders.append(other)
    return lenders


def _least(rest: Floats) -> list[float]:
    """What 80 % of a state's own shifts ask for, at both levels; nothing where one decides."""
    if len(rest) < LEAST_OWN:
        return [0.0] * 4
    low, high, *_ = _offsets(rest)
    return [low, high, low, high]


def _sentence(one: int, count: int, lenders: list[int]) -> str:
    of = " and ".join(f"“{STATES[other]}”" for other in lenders)
    shifts = "1 shift is" if count == 1 else f"{count} shifts are"
    return f"{STATES[one]}: {shifts} fewer than {FEWEST}, so its interval is drawn from {of} too."


def _spread(expected: Floats) -> Floats:
    spread: Floats = np.sqrt(CALM_MIN + expected)
    return spread


def _edges(expected: Floats) -> list[float]:
    """Up to four bins of equal count by expected minutes, none smaller than 100 shifts."""
    bins = int(min(SPLITS, len(expected) // SPLIT_FEWEST))
    if bins < 2:
        return []
    cuts = np.unique(np.quantile(expected, np.arange(1, bins) / bins)).tolist()
    places = np.bincount(np.searchsorted(cuts, expected, side="right"), minlength=len(cuts) + 1)
    return cuts if places.min() >= BIN_FEWEST else []


def _offsets(rest: Floats, tails: float = 1.0) -> list[float]:
    """lo80, hi80, lo95, hi95 of the residuals; `tails` of what is left out at either end."""
    ordered = np.sort(rest)
    found = []
    for level in LEVELS:
        tail = tails * (1 - level) / 2
        rank = int(np.floor(tail * (len(ordered) + 1)))
        low = float(ordered[rank - 1]) if rank >= 1 else -FULL
        high = float(ordered[len(ordered) - rank]) if rank >= 1 else FULL
        found += [low, high]
    return found
