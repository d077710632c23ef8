"""The next shift is like the last several: y(t + 1) = mean of y(t − n + 1) … y(t)."""

from __future__ import annotations

from typing import ClassVar

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.naive import Naive, first_known


class RollingMean9(Naive):
    """Mean of the last nine shifts, three days of a three-shift plant."""

    name: ClassVar[str] = "rolling_mean_9"
    label: ClassVar[str] = "mean of the last 9 shifts"

    def predict(self, table: FeatureTable) -> Floats:
        """Where none of them is known, the mean of all."""
        return first_known(table, "downtime_mean_9", "downtime_mean_270")


class RollingMean63(Naive):
    """Mean of the last 63 shifts, three weeks of a three-shift plant."""

    name: ClassVar[str] = "rolling_mean_63"
    label: ClassVar[str] = "mean of the last 63 shifts"

    def predict(self, table: FeatureTable) -> Floats:
        """Where none of them is known, the mean of all."""
        return first_known(table, "downtime_mean_63", "downtime_mean_270")
