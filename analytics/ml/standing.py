"""In which state a machine is as of a question, as the groups that intervals are calibrated by."""

from __future__ import annotations

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Ints
from analytics.ml.regressors.as_it_stands import WHOLE_SHIFT

STATES = ("running", "recently stopped", "down all of last shift", "down now")
RUNNING, RECENTLY_STOPPED, DOWN_ALL_SHIFT, DOWN_NOW = range(4)
RECENT_SHIFTS = 2


def states_of(table: FeatureTable) -> Ints:
    """Place in STATES of each question; "down all of last shift" only where no interval says."""
    down, share = table.column("down_now"), table.column("downtime_lag_share")
    stopped = (table.column("shifts_since_downtime") <= RECENT_SHIFTS) & (
        table.column("downtime_when_last_down") > 0
    )
    stopped |= table.column("stops_so_far") > 0
    state = np.where(stopped, RECENTLY_STOPPED, RUNNING)
    state = np.where(np.isnan(down) & (share >= WHOLE_SHIFT), DOWN_ALL_SHIFT, state)
    return np.where(down > 0, DOWN_NOW, state).astype(np.int64)
