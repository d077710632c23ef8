"""What every member of the pool is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analytics.forecasting.past import Past
from analytics.forecasting.series import Floats


class Forecaster(Protocol):
    """Gives the quantiles of the worked days to come, from nothing but the pasts.

    `least_days` is the history from which it takes part (see `ladder.py`).
    """

    @property
    def name(self) -> str: ...

    @property
    def least_days(self) -> int: ...

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        """One (worked days ahead, 5) a past, within its bounds, rising; at least 3 known values."""
        ...
