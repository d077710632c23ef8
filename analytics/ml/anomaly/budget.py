"""How high the bar must be for a number of false alarms a week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.anomaly.detector import Floats
from analytics.ml.anomaly.hysteresis import peaks

MOST_PEAKS = 20
LOW = 0.95
"""Quantile of normal rows below which an alarm may end."""


@dataclass(frozen=True, slots=True)
class Bars:
    """An alarm begins at `high` and ends below `low`."""

    high: float
    low: float


def bars(normal: Floats, *, weeks: float, budget_per_week: float) -> Bars:
    """Bars for normal levels (n,), NaN where nothing was judged, that took `weeks` weeks.

    The highest stretches above the low bar are what false alarms would be. Their peaks x₁ ≥ x₂ ≥ …
    come at a rate j / weeks above xⱼ, and beyond that fall off exponentially:

        high = xⱼ + scale × ln((j / weeks) / budget),   scale = median(xᵢ − xⱼ, i < j) / ln 2

    (peaks over a threshold, Pickands 1975, with the exponential as the tail's limit). Short
    histories are thereby extrapolated, and never answered with more alarms than were asked for.
    """
    low = float(np.nanquantile(normal, LOW))
    found = np.sort(peaks(normal, low=low))[::-1]
    count = min(MOST_PEAKS, len(found))
    if count < 2:
        return Bars(high=float(np.nanmax(normal)) * 1.5, low=low)
    base = float(found[count - 1])
    scale = max(float(np.median(found[: count - 1] - base)) / np.log(2.0), 1e-3)
    high = base + scale * np.log(max(count / weeks / budget_per_week, 1e-12))
    return Bars(high=max(float(high), low), low=low)
