"""How bad a shift was against its own machine's shifts before, in six figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats, Ints
from analytics.ml.history import ShiftHistory

FIGURES = ("downtime", "stops", "units", "defects", "efficiency", "recent_downtime")
MATERIAL = np.array([10.0, 2.0, 0.05, 0.005, 0.05, 10.0])
"""Less than this beyond usual is nothing to look into: minutes, stops, shares of the usual pieces,
of the pieces made, of the ideal speed, minutes.
"""
USUAL = 0.95
RECENT = 3
LEAST_SHIFTS = 20
"""Shifts of a machine without which nothing is known to be usual for it."""


@dataclass(frozen=True, slots=True)
class Usual:
    """By machine (m, 6): the middle and the bad edge (USUAL quantile) of each figure; NaN where the
    machine has too few shifts. `rate` (m,): pieces a planned minute.
    """

    middle: Floats
    edge: Floats
    rate: Floats


def figures(history: ShiftHistory) -> Floats:
    """(rows, 6), larger is worse: minutes down, stops, minus the pieces a planned minute, the share
    of defects, minus the efficiency, mean minutes down of this and the two shifts before it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(history.planned_min > 0, history.units / history.planned_min, np.nan)
        defects = np.where(history.units > 0, history.defective / history.units, np.nan)
    columns = [
        history.downtime_min, history.stops, -rate, defects, -history.efficiency, _recent(history),
    ]  # fmt: skip
    return np.stack(columns, axis=1)


def usual(table: Floats, machine: Ints, machines: int) -> Usual:
    """What the rows of a trailing window say is usual for each machine."""
    middle = np.full((machines, len(FIGURES)), np.nan)
    edge = middle.copy()
    for one in range(machines):
        own = table[machine == one]
        known = (~np.isnan(own)).sum(axis=0) >= LEAST_SHIFTS
        if known.any():
            middle[one, known] = np.nanmedian(own[:, known], axis=0)
            edge[one, known] = np.nanquantile(own[:, known], USUAL, axis=0)
    return Usual(middle, edge, -middle[:, FIGURES.index("units")])


def badness(table: Floats, machine: Ints, normal: Usual) -> Floats:
    """(rows, 6) ≥ 0: ln(1 + excess over the middle / the usual excess); 0 for what is unknown and
    for what is better than usual, which is no fault.
    """
    material = _material(normal)[machine]
    middle, edge = normal.middle[machine], normal.edge[machine]
    excess = np.nan_to_num((table - middle) / np.maximum(edge - middle, material))
    return np.asarray(np.log1p(np.maximum(excess, 0.0)))


def beyond(table: Floats, machine: Ints, normal: Usual) -> Bools:
    """(rows, 6): whether a figure is beyond what is usual by more than what is immaterial."""
    limit = normal.edge[machine] + _material(normal)[machine]
    return np.asarray(table > limit)


def _material(normal: Usual) -> Floats:
    material = np.tile(MATERIAL, (len(normal.rate), 1))
    material[:, FIGURES.index("units")] *= np.nan_to_num(np.maximum(normal.rate, 0.0))
    return np.asarray(np.maximum(material, 1e-9))


def _recent(history: ShiftHistory) -> Floats:
    """Rows are by machine and start, so that the shifts before are the rows before."""
    total = np.zeros(len(history))
    count = np.zeros(len(history))
    for lag in range(min(RECENT, len(history))):
        rows = slice(lag, None)
        before = history.downtime_min[: len(history) - lag]
        same = history.machine[rows] == history.machine[: len(history) - lag]
        known = same & ~np.isnan(before)
        total[rows] += np.where(known, before, 0.0)
        count[rows] += known
    own = ~np.isnan(history.downtime_min)
    return np.asarray(np.divide(total, count, out=np.full(len(history), np.nan), where=own))
