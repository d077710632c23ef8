"""Gradient boosted trees on lags, one model over all series of a plant, for five quantiles at once.

XGBoost with the pinball loss (reg:quantileerror; Chen and Guestrin, XGBoost, KDD 2016; Koenker and
Bassett, Regression quantiles, Econometrica 46, 1978): direct, the horizon is a feature. One booster
for series that are often zero, one for the steady ones, because their scales differ in kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.past import Past, past_of, truth_of
from analytics.forecasting.pool.lag_features import features
from analytics.forecasting.pool.scale import CLIP, KINDS, scale_of
from analytics.forecasting.series import HORIZON, QUANTILES, DailySeries, Floats
from analytics.forecasting.wis import LEVELS

LEAST_DAYS = 28
ROWS = 30_000
"""About so many rows are learned from, whatever the number of series and days."""
LEAST_ROWS = 200
EVERY = 3
"""Of an origin's 30 days every third is a row; the next origin takes the next ones."""
ROUNDS = 60
SEED = 7


@dataclass(frozen=True, slots=True)
class GradientTrees:
    """`boosters` holds XGBoost's JSON by kind of series; a kind without one gives NaN."""

    boosters: Mapping[str, bytes]
    name: str = "xgb"
    least_days: int = LEAST_DAYS

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        import xgboost

        found = [np.full((len(past.ahead), len(LEVELS)), np.nan) for past in pasts]
        scales = [scale_of(past) for past in pasts]
        for kind, raw in self.boosters.items():
            chosen = [n for n, scale in enumerate(scales) if scale.kind == kind and len(found[n])]
            if not chosen:
                continue
            booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(raw))
            rows = [features(pasts[n], scales[n]) for n in chosen]
            scaled = booster.inplace_predict(np.concatenate(rows))
            ends = np.cumsum([len(part) for part in rows])[:-1]
            for n, part in zip(chosen, np.split(scaled, ends), strict=True):
                found[n] = pasts[n].bounded(scales[n].on(part.astype(float)))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRows:
    """What trees may learn from: one row a series, origin and day ahead. `known_on` is the ordinal
    of the day on which the row's truth is known.
    """

    kind: NDArray[np.int64]
    known_on: NDArray[np.int64]
    inputs: Floats
    wanted: Floats


def tree_rows(series: Sequence[DailySeries]) -> TreeRows | None:
    """The rows of all series, about ROWS; None where there are none."""
    stride = _stride(series)
    parts = [part for one in series for part in _rows(one, stride)]
    if not parts:
        return None
    kind, known_on, inputs, wanted = (np.concatenate(column) for column in zip(*parts, strict=True))
    return TreeRows(kind=kind, known_on=known_on, inputs=inputs, wanted=wanted)


def train_trees(rows: TreeRows | None, *, as_of: date) -> dict[str, bytes]:
    """XGBoost's JSON by kind, from rows whose truth was known at `as_of`; none from few rows."""
    if rows is None:
        return {}
    found = {}
    for number, kind in enumerate(KINDS):
        used = (rows.kind == number) & (rows.known_on <= as_of.toordinal())
        if used.sum() >= LEAST_ROWS:
            found[kind] = _boost(rows.inputs[used], rows.wanted[used])
    return found


def _stride(series: Sequence[DailySeries]) -> int:
    """Days from one learned origin to the next."""
    days = sum(max(0, len(one.values) - LEAST_DAYS) for one in series)
    return max(1, round(days * HORIZON / EVERY / ROWS))


def _rows(series: DailySeries, stride: int) -> Iterable[tuple[NDArray[Any], ...]]:
    """Kind, day of knowledge, features and scaled truths of each learned origin, newest first."""
    for turn, back in enumerate(range(1, len(series.values) - LEAST_DAYS, stride)):
        origin = series.end_day - timedelta(days=back)
        past = past_of(series, origin)
        if past.known.sum() < LEAST_DAYS // 2:
            return
        scale = scale_of(past)
        if scale.kind not in KINDS:
            continue
        truth = np.clip(scale.off(truth_of(series, origin)[past.ahead]), -CLIP, CLIP)
        used = ~np.isnan(truth) & (past.ahead % EVERY == turn % EVERY)
        if used.any():
            kind = np.full(int(used.sum()), KINDS.index(scale.kind))
            known_on = origin.toordinal() + 1 + past.ahead[used]
            yield kind, known_on, features(past, scale)[used], truth[used]


def _boost(inputs: Floats, wanted: Floats) -> bytes:
    import xgboost

    options: dict[str, Any] = {
        "objective": "reg:quantileerror",
        "quantile_alpha": list(QUANTILES),
        "max_depth": 3,
        "eta": 0.08,
        "min_child_weight": 100,
        "subsample": 0.7,
        "colsample_bytree": 0.6,
        "max_bin": 64,
        "tree_method": "hist",
        "nthread": 1,
        "seed": SEED,
    }
    learned = xgboost.QuantileDMatrix(inputs, wanted, max_bin=64, nthread=1)
    return bytes(xgboost.train(options, learned, ROUNDS).save_raw("json"))
