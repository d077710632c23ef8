"""A model of statsforecast on series without their weekdays, and its intervals as quantiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.pool.weekdays import effects_of
from analytics.forecasting.series import Floats
from analytics.forecasting.wis import LEVELS

COLUMNS = ("lo-95", "lo-80", "mean", "hi-80", "hi-95")


def by_level(pasts: Sequence[Past], model: Callable[[], Any], window: int) -> list[Floats]:
    """One (worked days ahead, 5) a past; a series that does not vary stays as it is."""
    return [_one(past, model, window) for past in pasts]


def _one(past: Past, model: Callable[[], Any], window: int) -> Floats:
    effects = effects_of(past)
    level = (past.filled - effects[past.weekday])[-window:]
    steps = len(past.ahead)
    if np.ptp(level) < 1e-9 * max(1.0, abs(level[-1])) or not steps:
        spread = np.full((steps, len(LEVELS)), level[-1])
    else:
        scale = level.std()
        found = model().forecast(y=level / scale, h=steps, level=[80, 95])
        spread = scale * np.column_stack([found[column] for column in COLUMNS])
    return past.bounded(spread + effects[past.ahead_weekday][:, None])
