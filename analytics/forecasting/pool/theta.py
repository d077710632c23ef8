"""The Theta method: a line and its exaggerated curvature, half and half.

statsforecast's optimized Theta on the series without its weekday effects (Assimakopoulos and
Nikolopoulos, The theta model, IJF 16, 2000; Fiorucci et al., IJF 32, 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.forecasting.past import Past
from analytics.forecasting.pool.levels import by_level
from analytics.forecasting.series import Floats

WINDOW = 180


@dataclass(frozen=True, slots=True)
class Theta:
    """Intervals simulated by statsforecast with a fixed seed."""

    name: str = "theta"
    least_days: int = 56

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        from statsforecast.models import OptimizedTheta

        return by_level(pasts, lambda: OptimizedTheta(season_length=1), WINDOW)
