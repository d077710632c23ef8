"""Exponential smoothing in state space form, chosen by AICc, on the series without its weekdays.

statsforecast's AutoETS with additive error and no season: weekday effects are taken off before and
put on after, because closed days would shift a season of seven (Hyndman et al., Forecasting with
Exponential Smoothing, Springer 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.forecasting.past import Past
from analytics.forecasting.pool.levels import by_level
from analytics.forecasting.series import Floats

WINDOW = 180


@dataclass(frozen=True, slots=True)
class Ets:
    """Normal intervals of the chosen model."""

    name: str = "ets"
    least_days: int = 28

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        from statsforecast.models import AutoETS

        return by_level(pasts, lambda: AutoETS(model="AZN", season_length=1), WINDOW)
