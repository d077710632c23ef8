"""The machine stays as it is: down for the whole shift if it is down now, else not at all.

Where only minutes are recorded, one that was down for all of the last shift counts as down.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.naive import Naive

WHOLE_SHIFT = 0.98


class AsItStands(Naive):
    """All or nothing, by the raw intervals."""

    name: ClassVar[str] = "as_it_stands"
    label: ClassVar[str] = "stays as it is now"

    def predict(self, table: FeatureTable) -> Floats:
        """480 or 0."""
        down, share = table.column("down_now"), table.column("downtime_lag_share")
        is_down = np.where(np.isfinite(down), down > 0, share >= WHOLE_SHIFT)
        return np.where(is_down, 480.0, 0.0)
