"""The fits that a training asked its libraries for, to be done again by themselves.

Recorded where the libraries begin: matrices and trees of XGBoost, forests of scikit-learn, models
of statsforecast and Prophet, fits of Keras, and the whole of the members that are our own. What is
left of a training is what we do around them: features, folds, weights, calibration, evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

from analytics.forecasting.lstm import _network as new_network
from analytics.forecasting.pool.linear_trend import LinearTrend
from analytics.forecasting.pool.mean_reversion import MeanReversion
from analytics.forecasting.pool.seasonal_naive import SeasonalNaive
from analytics.forecasting.pool.tsb import TeunterSyntetosBabai
from analytics.forecasting.pool.window_average import WindowAverage
from analytics.ml.regressors.ridge import Ridge

OUR_FORECASTERS = (
    SeasonalNaive, WindowAverage, LinearTrend, MeanReversion, TeunterSyntetosBabai,
)  # fmt: skip
SHIFT, DAYS, NETWORK = "next shift", "daily forecasts", "daily forecasts, network"
STATSFORECAST = ("AutoETS", "OptimizedTheta")


@dataclass(slots=True)
class BareFits:
    """In the order in which they were asked for. `twins` of matrices and models stand for the ones
    that were recorded when all is done again. `task` is SHIFT, DAYS or NETWORK: only the libraries
    that it needs are imported.
    """

    task: str
    fits: list[Callable[[], object]] = field(default_factory=list)
    twins: dict[int, Any] = field(default_factory=dict)

    def again(self) -> None:
        """Do every fit once more, on the same numbers."""
        for fit in self.fits:
            fit()

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Whatever is fitted inside is kept."""
        with ExitStack() as patches:
            for owner, name, wrapped in self._edges():
                patches.enter_context(patch.object(owner, name, wrapped))
            yield

    def _edges(self) -> Iterator[tuple[Any, str, Any]]:
        if self.task == NETWORK:
            import keras

            yield keras.Model, "fit", self._network(keras.Model.fit)
            return
        import xgboost

        yield xgboost, "QuantileDMatrix", self._made(xgboost.QuantileDMatrix)
        yield xgboost, "train", self._trees(xgboost.train)
        yield from self._of_shifts() if self.task == SHIFT else self._of_days()

    def _of_shifts(self) -> Iterator[tuple[Any, str, Any]]:
        import sklearn.ensemble

        forest = sklearn.ensemble.RandomForestRegressor
        yield forest, "fit", self._forest(forest.fit)
        yield Ridge, "fit", self._called(Ridge.fit)

    def _of_days(self) -> Iterator[tuple[Any, str, Any]]:
        for member in OUR_FORECASTERS:
            yield member, "quantiles", self._called(member.quantiles)
        if find_spec("statsforecast"):
            import statsforecast.models

            for name in STATSFORECAST:
                model = getattr(statsforecast.models, name)
                yield model, "forecast", self._called(model.forecast)
        if find_spec("prophet"):
            import prophet

            yield prophet.Prophet, "fit", self._prophet(prophet.Prophet.fit)
            yield prophet.Prophet, "predict", self._asked(prophet.Prophet.predict)

    def _called(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A call that may be repeated as it is."""

        def call(*args: Any, **options: Any) -> Any:
            self.fits.append(lambda: real(*args, **options))
            return real(*args, **options)

        return call

    def _made(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A matrix, made anew when all is done again."""

        def make(*args: Any, **options: Any) -> Any:
            matrix = real(*args, **options)
            self.twins[id(matrix)] = matrix
            self.fits.append(lambda: self.twins.update({id(matrix): real(*args, **options)}))
            return matrix

        return make

    def _trees(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def train(options: Any, matrix: Any, rounds: int) -> Any:
            self.fits.append(lambda: real(options, self.twins[id(matrix)], rounds))
            return real(options, matrix, rounds)

        return train

    def _forest(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def fit(forest: Any, *args: Any) -> Any:
            from sklearn.base import clone

            unfitted = clone(forest)
            self.fits.append(lambda: real(clone(unfitted), *args))
            return real(forest, *args)

        return fit

    def _prophet(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A model can be fitted once only, so a copy from before is fitted again."""

        def fit(model: Any, *args: Any, **options: Any) -> Any:
            unfitted = deepcopy(model)

            def refit() -> None:
                self.twins[id(model)] = real(deepcopy(unfitted), *args, **options)

            self.fits.append(refit)
            self.twins[id(model)] = model
            return real(model, *args, **options)

        return fit

    def _asked(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def predict(model: Any, *args: Any, **options: Any) -> Any:
            self.fits.append(lambda: real(self.twins[id(model)], *args, **options))
            return real(model, *args, **options)

        return predict

    def _network(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A network learns once only, so one of the same layers learns from the beginning."""

        def fit(model: Any, *args: Any, **options: Any) -> Any:
            self.fits.append(lambda: real(new_network(), *args, **options))
            return real(model, *args, **options)

        return fit
