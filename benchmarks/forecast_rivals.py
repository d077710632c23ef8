"""Whom daily forecasts are measured against: a library's seasonal naive, and the usual recipe.

The peer of the gates is statsforecast's SeasonalNaive(7) with intervals of its own, normal ones of
the in-sample residuals' σ √k (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd
ed., 5.5): what anybody gets who asks for seasonal naive with bands, and what stays as it is when we
change. The pool's own says the same median with bands from the moves that the series has shown,
weeks apart. It is a part of the product, and in WIS the harder rival on all sets but Grid'5000:
every ratio stands there against both, and whoever wants the stricter gate reads the second.
"""

from __future__ import annotations

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.series import HORIZON, Floats

LIBRARY, RECIPE = "library naive", "LSTM + Prophet"
COLUMNS = ("lo-95", "lo-80", "mean", "hi-80", "hi-95")


def library_naive(past: Past) -> Floats:
    """(worked days ahead, 5), clipped to the metric's bounds, which is to the library's favour.

    The series of the benchmark have no closed days; an unknown one is its weekday's mean.
    """
    from statsforecast.models import SeasonalNaive

    found = SeasonalNaive(season_length=7).forecast(y=past.filled, h=HORIZON, level=[80, 95])
    return past.bounded(np.column_stack([found[column] for column in COLUMNS])[past.ahead])


def usual_recipe(lstm: Floats, prophet: Floats) -> Floats:
    """Half and half, quantile by quantile."""
    return (lstm + prophet) / 2
