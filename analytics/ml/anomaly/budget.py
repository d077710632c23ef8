"""How high the bar must be for a number of false alarms a week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.anomaly.detector import Floats
from analytics.ml.anomaly.hysteresis import peaks

MOST_PEAKS = 20
LOW = 0.95
"""Quantile of normal rows below which an alarm may end."""


REACH = 10.0
"""How many times its own length a history can speak for."""


@dataclass(frozen=True, slots=True)
class Bars:
    """An alarm begins at `high` and ends below `low`."""

    high: float
    low: float


def bars(normal: Floats, *, weeks: float, budget_per_week: float) -> Bars:
    """Bars for normal levels (n,), NaN where nothing was judged, that took `weeks` weeks.

    The highest stretches above the low bar are what false alarms would be. In a history that is
    long enough the bar is at most the peak that as many reached as were allowed. Else, and below
    that, peaks x₁ ≥ x₂ ≥ … come at a rate j / weeks above xⱼ and beyond fall off exponentially:

        high = xⱼ + scale × ln((j / weeks) / budget),   scale = median(xᵢ − xⱼ, i < j) / ln 2,
                                                        or the mean if that is smaller

    (peaks over a threshold, Pickands 1975, with the exponential as the tail's limit). So a week can
    speak for an alarm in ten weeks. A history that is shorter than the budget needs by more than
    REACH gets the bar that it can speak for, and with it more alarms: one so high that no fault
    reaches it would be no better.
    """
    low = float(np.nanquantile(normal, LOW))
    found = np.sort(peaks(normal, low=low))[::-1]
    count = min(MOST_PEAKS, len(found))
    if count < 2:
        return Bars(high=float(np.nanmax(normal)) * 1.5, low=low)
    base = float(found[count - 1])
    excess = found[: count - 1] - base
    # Of faults among normal rows the median knows little, of an end of the tail the mean more.
    scale = max(min(float(np.median(excess)) / np.log(2.0), float(excess.mean())), 1e-3)
    rate = max(budget_per_week, 1.0 / (REACH * weeks))
    high = base + scale * float(np.log(count / weeks / rate))
    allowed = int(rate * weeks)
    if 1 <= allowed <= len(found):
        high = min(high, float(found[allowed - 1]))
    return Bars(high=float(max(high, low)), low=low)
