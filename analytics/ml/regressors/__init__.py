"""The pool: one algorithm a module, each a `Regressor`."""

from __future__ import annotations

from analytics.ml.regressors.as_it_stands import AsItStands
from analytics.ml.regressors.hurdle import Hurdle
from analytics.ml.regressors.last_value import LastValue
from analytics.ml.regressors.no_downtime import NoDowntime
from analytics.ml.regressors.protocol import Regressor, Sample
from analytics.ml.regressors.random_forest import RandomForest
from analytics.ml.regressors.ridge import Ridge
from analytics.ml.regressors.rolling_mean import RollingMean9, RollingMean63
from analytics.ml.regressors.rolling_median import RollingMedian63
from analytics.ml.regressors.xgb_absolute import XgbAbsolute
from analytics.ml.regressors.xgb_tweedie import XgbTweedie

__all__ = ["LEARNED", "NAIVE", "THIN", "Regressor", "Sample", "regressor_of"]

NAIVE: tuple[type[Regressor], ...] = (
    LastValue,
    RollingMean9,
    RollingMean63,
    RollingMedian63,
    NoDowntime,
    AsItStands,
)
THIN: tuple[type[Regressor], ...] = (*NAIVE, Ridge)
"""What a short history is enough for."""
LEARNED: tuple[type[Regressor], ...] = (
    *THIN,
    RandomForest,
    XgbAbsolute,
    XgbTweedie,
    Hurdle,
)


def regressor_of(name: str) -> type[Regressor]:
    """The class of a member by its name."""
    return next(one for one in LEARNED if one.name == name)
