"""The next shift is like the middle one of the last: y(t + 1) = median of y(t − n + 1) … y(t).

Minutes of downtime are skewed: a few long stops lift the mean above most shifts. The constant that
errs least is the median (Laplace).
"""

from __future__ import annotations

from typing import ClassVar

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.naive import Naive, first_known


class RollingMedian63(Naive):
    """Median of the last 63 shifts, three weeks of a three-shift plant."""

    name: ClassVar[str] = "rolling_median_63"
    label: ClassVar[str] = "median of the last 63 shifts"

    def predict(self, table: FeatureTable) -> Floats:
        """Where none of them is known, the mean of all."""
        return first_known(table, "downtime_median_63", "downtime_mean_270")
