"""The next shift is like the last one that ended: y(t + 1) = y(t).

The naive forecast of Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.2. Hard
to beat where stops are rare and long.
"""

from __future__ import annotations

from typing import ClassVar

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.naive import Naive, first_known


class LastValue(Naive):
    """Downtime of the last ended shift."""

    name: ClassVar[str] = "last_value"
    label: ClassVar[str] = "same as last shift"

    def predict(self, table: FeatureTable) -> Floats:
        """Where the last shift is unknown, the mean of the last nine."""
        return first_known(table, "downtime_lag_1", "downtime_mean_9", "downtime_mean_270")
