"""What makes series of different units and sizes comparable to one global model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.series import Floats

OFTEN_ZERO = 0.15
"""From this share of zeros on a series is intermittent: its zero is a state, not a small number."""
KINDS = ("intermittent", "steady")


@dataclass(frozen=True, slots=True)
class Scale:
    """`kind` is one of KINDS; a value y becomes (y - centre) / unit."""

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
    standard deviation. A series that does not vary has its own size as unit, or 1.
    """
    values = past.values[past.known]
    if past.lower == 0 and (values == 0).mean() >= OFTEN_ZERO:
        sizes = values[values > 0]
        return Scale("intermittent", 0.0, float(np.quantile(sizes, 0.95)) if sizes.size else 1.0)
    unit = float(values[-84:].std())
    centre = float(values[-28:].mean())
    return Scale("steady", centre, unit if unit > 1e-9 * max(1.0, abs(centre)) else 1.0)
