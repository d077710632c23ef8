"""Which naive member skill is held against."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.ml.regressors import NAIVE
from analytics.ml.regressors.rolling_median import RollingMedian63

CLOSE_SHARE = 0.05


def best_naive(losses: Mapping[str, float]) -> str:
    """The one with the least mean absolute error, the first named of equals; but the rolling median
    where it errs at most 5 % more.

    A few hundred shifts tell such members apart by luck, and the median is the constant that errs
    least: on plants that were simulated, the next shifts bore it out.
    """
    least = min((member.name for member in NAIVE), key=losses.__getitem__)
    median = RollingMedian63.name
    is_close = losses.get(median, float("inf")) <= losses[least] * (1 + CLOSE_SHARE)
    return median if is_close and losses[least] > 0 else least
