"""What makes series of different units and sizes comparable to one global model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.series import Floats

OFTEN_ZERO = 0.15
"""From this share of zeros on a series is intermittent: its zero is a state, not a small number."""
KINDS = ("intermittent", "steady")
SPARSE = "sparse"
LEAST_HITS = 6
"""With fewer days above zero nobody knows what a large day is: the series is sparse, and global
models neither learn from it nor speak for it.
"""
CLIP = 10.0
"""Scaled truths beyond are learned as this: a change of level, not a day."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`kind` is one of KINDS or SPARSE; a value y becomes (y - centre) / unit."""

    kind: str
    centre: float
    unit: float

    def off(self, values: Floats) -> Floats:
        return (values - self.centre) / self.unit

    def on(self, scaled: Floats) -> Floats:
        return self.centre + scaled * self.unit


def scale_of(past: Past) -> Scale:
    """From known values only.

    An intermittent series keeps its zero and is measured by its large days (the 95th percentile of
    those that are not zero), a steady one by its last 28 values' mean and its last 84 values'
    standard deviation, at least a third of that of all; 1 where nothing varies.
    """
    values = past.values[past.known]
    if past.lower == 0 and (values == 0).mean() >= OFTEN_ZERO:
        sizes = values[values > 0]
        if len(sizes) < LEAST_HITS:
            return Scale(SPARSE, 0.0, 1.0)
        return Scale("intermittent", 0.0, float(np.quantile(sizes, 0.95)))
    centre = float(values[-28:].mean())
    unit = max(float(values[-84:].std()), float(values.std()) / 3)
    return Scale("steady", centre, unit if unit > 1e-9 * max(1.0, abs(centre)) else 1.0)
