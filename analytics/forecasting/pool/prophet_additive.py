"""Prophet: a piecewise linear trend plus a weekly pattern, fitted by Stan's optimizer.

Taylor and Letham, Forecasting at scale, The American Statistician 72, 2018. Few change points, the
last year only, and no simulated trends: quantiles are those of the residuals around the fit, which
needs no random numbers. The dearest member by far, so large plants run it on plant series only.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Ints, Past
from analytics.forecasting.series import PLANT, Floats
from analytics.forecasting.wis import LEVELS

WINDOW = 365
CHANGE_POINTS = 5
EVERYWHERE = 16
"""Plants of at most so many series run Prophet on all of them."""
SEED = 7


@dataclass(frozen=True, slots=True)
class ProphetAdditive:
    """Of machines only where `everywhere`; elsewhere NaN."""

    everywhere: bool = True
    name: str = "prophet"
    least_days: int = 56

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        return [
            _quantiles(past)
            if self.everywhere or past.key == PLANT
            else np.full((len(past.ahead), len(LEVELS)), np.nan)
            for past in pasts
        ]


def _quantiles(past: Past) -> Floats:
    known = past.known
    values, ago = past.values[known], past.days_ago[known]
    recent = ago <= WINDOW
    values, ago = values[recent], ago[recent]
    if len(values) < 14 or np.ptp(values) == 0 or not len(past.ahead):
        last = past.values[known][-1]
        return past.bounded(np.full((len(past.ahead), len(LEVELS)), last))
    fitted = _fitted(values, -ago, np.concatenate([-ago, past.ahead]), past)
    off = np.quantile(values - fitted[: len(values)], LEVELS)
    return past.bounded(fitted[len(values) :][:, None] + off)


def _fitted(values: Floats, at: Ints, asked: Ints, past: Past) -> Floats:
    """The fit at days relative to the origin."""
    # prophet.plot complains at import that it cannot draw; nobody asked it to.
    for name in ("prophet", "prophet.plot", "cmdstanpy"):
        logging.getLogger(name).disabled = True
    import pandas as pd
    from prophet import Prophet

    model = Prophet(
        n_changepoints=CHANGE_POINTS,
        weekly_seasonality=True,
        yearly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
    )
    origin = pd.Timestamp(past.origin)
    model.fit(pd.DataFrame({"ds": origin + pd.to_timedelta(at, "D"), "y": values}), seed=SEED)
    found = model.predict(pd.DataFrame({"ds": origin + pd.to_timedelta(asked, "D")}))
    return np.asarray(found["yhat"], dtype=float)
