"""The next shift has no downtime: where most shifts have none, the median that is hard to beat."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.naive import Naive


class NoDowntime(Naive):
    """Zero, whatever was before."""

    name: ClassVar[str] = "no_downtime"
    label: ClassVar[str] = "no downtime"

    def predict(self, table: FeatureTable) -> Floats:
        """Zeros."""
        return np.zeros(len(table))
