"""How much wider each machine's intervals are than those of its state.

A state's offsets hold on average over machines; a machine whose stops vary more falls out of them
more often, shift after shift. So each machine has a factor a level, the conformal quantile of

    s = (y − m) / (hi − m) above the median,  (m − y) / (m − lo) below it

over its shifts: split conformal prediction with a normalised score (Papadopoulos, Gammerman and
Vovk, 2008), machine by machine. Few shifts say little of a machine: its factor is drawn towards 1
as if PRIOR_SHIFTS more had shown just that. Shifts whose interval has no width say nothing of it.

No machine gets less than its state. What looks too wide on shifts of the past is soon needed where
a plant drifts: narrowed as well, four of six simulated plants held less than 79 % of what was
promised as 80 %; widened only, none did, at the same interval score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.bands import FULL, LEVELS
from analytics.ml.history import Floats, Ints

PRIOR_SHIFTS, WIDEST = 20, 2.0


@dataclass(frozen=True, slots=True)
class MachineWidths:
    """(machines, 2) factors of the 80 and 95 % interval; a machine unknown keeps its state's."""

    factors: Floats

    def fitted(self, band: Floats, median: Floats, machine: Ints) -> Floats:
        """(n, 4) of lo80, hi80, lo95, hi95 of the states, drawn out from the median."""
        known = np.vstack([self.factors, np.ones((1, len(LEVELS)))])
        factor = known[np.minimum(machine, len(self.factors))][:, [0, 0, 1, 1]]
        drawn = np.clip(median[:, None] + factor * (band - median[:, None]), 0.0, FULL)
        # The wider promise holds the narrower one.
        drawn[:, 2] = np.minimum(drawn[:, 0], drawn[:, 2])
        drawn[:, 3] = np.maximum(drawn[:, 1], drawn[:, 3])
        return drawn


def machine_widths(actual: Floats, median: Floats, band: Floats, machine: Ints) -> MachineWidths:
    """From shifts that nothing was learned from; minutes per 480, `band` of the states."""
    factors = np.ones((int(machine.max(initial=-1)) + 1, len(LEVELS)))
    for place, level in enumerate(LEVELS):
        low, high = band[:, 2 * place], band[:, 2 * place + 1]
        scores = _scores(actual, median, low, high)
        for one in np.unique(machine[high > low]).tolist():
            factors[one, place] = _factor(scores[(machine == one) & (high > low)], level)
    return MachineWidths(factors)


def _scores(actual: Floats, median: Floats, low: Floats, high: Floats) -> Floats:
    """How many times the way from the median to the interval's end; 0 at the median."""
    reach = np.where(actual > median, high - median, median - low)
    miss = np.abs(actual - median)
    beyond = np.where(miss > 0, np.inf, 0.0)
    return np.divide(miss, reach, out=beyond, where=reach > 0)


def _factor(scores: Floats, level: float) -> float:
    count = len(scores)
    rank = min(count, int(np.ceil(level * (count + 1))))
    asked = float(np.clip(np.sort(scores)[rank - 1], 1.0, WIDEST))
    return (count * asked + PRIOR_SHIFTS) / (count + PRIOR_SHIFTS)
