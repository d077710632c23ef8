"""The plant's downtime from its machines' distributions: totals of draws, not sums of medians."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.history import Floats

DRAWS = 4000
LEVELS = (0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0)
TOLERANCE_MIN, TOLERANCE_SHARE = 15.0, 0.1


@dataclass(frozen=True, slots=True)
class PlantTotal:
    """Minutes of all machines together, and the chance that a total is as near as confidence
    promises.
    """

    median_min: float
    expected_min: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float
    p_downtime_30: float
    confidence: float


def plant_total(
    *, quantiles: Floats, expected_min: Floats, planned_min: Floats, seed: int = 7
) -> PlantTotal:
    """Add machines up by drawing from each independently.

    `quantiles` is (machine, 5): 2.5, 10, 50, 90 and 97.5 %. Between them a draw is linear, below
    the lowest it is the lowest, above the highest it runs on by as much as the last step, at most
    to the planned minutes. Expected minutes add up: the mean of a sum is the sum of the means.

    >>> q = np.array([[0.0, 0.0, 10.0, 20.0, 30.0]])
    >>> round(plant_total(quantiles=q, expected_min=np.array([11.0]),
    ...                   planned_min=np.array([480.0])).expected_min)
    11
    """
    generator = np.random.default_rng(seed)
    count = len(quantiles)
    top = np.minimum(planned_min, 2 * quantiles[:, 4] - quantiles[:, 3])
    table = np.column_stack([quantiles[:, :1], quantiles, np.maximum(top, quantiles[:, 4])])
    uniform = generator.random((count, DRAWS))
    drawn = np.array([np.interp(uniform[i], LEVELS, table[i]) for i in range(count)])
    totals = drawn.sum(axis=0)
    lo95, lo80, median, hi80, hi95 = np.quantile(totals, [0.025, 0.1, 0.5, 0.9, 0.975])
    near = max(TOLERANCE_MIN, TOLERANCE_SHARE * float(planned_min.sum()))
    return PlantTotal(
        median_min=float(median),
        expected_min=float(expected_min.sum()),
        lo80=float(lo80),
        hi80=float(hi80),
        lo95=float(lo95),
        hi95=float(hi95),
        p_downtime_30=float((totals >= 30).mean()),
        confidence=float((np.abs(totals - median) <= near).mean()),
    )
