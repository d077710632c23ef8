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

from analytics.forecasting.past import Past, past_of, truth_of
from analytics.forecasting.pool.lag_features import features
from analytics.forecasting.pool.scale import CLIP, KINDS, scale_of
from analytics.forecasting.series import HORIZON, QUANTILES, DailySeries, Floats
from analytics.forecasting.wis import LEVELS

LEAST_DAYS = 28
ROWS = 30_000
"""About so many rows are learned from, whatever the number of series and days."""
LEAST_ROWS = 200
EVERY = 5
"""Of an origin's 30 days every fifth is a row; the next origin takes the next ones."""
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


def train_trees(series: Sequence[DailySeries], *, as_of: date) -> dict[str, bytes]:
    """XGBoost's JSON by kind, from what was known before `as_of`; no booster from few rows."""
    known = [one.before(as_of) for one in series]
    rows: dict[str, list[tuple[Floats, Floats]]] = {kind: [] for kind in KINDS}
    for one in known:
        for kind, inputs, wanted in _rows(one, _stride(known)):
            rows[kind].append((inputs, wanted))
    return {
        kind: _boost(np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts]))
        for kind, parts in rows.items()
        if sum(len(y) for _, y in parts) >= LEAST_ROWS
    }


def _stride(series: Sequence[DailySeries]) -> int:
    """Days from one learned origin to the next."""
    days = sum(max(0, len(one.values) - LEAST_DAYS) for one in series)
    return max(1, round(days * HORIZON / EVERY / ROWS))


def _rows(series: DailySeries, stride: int) -> Iterable[tuple[str, Floats, Floats]]:
    """Kind, features and scaled truths of each learned origin, newest first."""
    for turn, back in enumerate(range(1, len(series.values) - LEAST_DAYS, stride)):
        origin = series.end_day - timedelta(days=back)
        past = past_of(series, origin)
        if past.known.sum() < LEAST_DAYS // 2:
            return
        scale = scale_of(past)
        truth = np.clip(scale.off(truth_of(series, origin)[past.ahead]), -CLIP, CLIP)
        used = ~np.isnan(truth) & (past.ahead % EVERY == turn % EVERY)
        if used.any() and scale.kind in KINDS:
            yield scale.kind, features(past, scale)[used], truth[used]


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
