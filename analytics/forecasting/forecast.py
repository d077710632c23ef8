"""Daily forecasts of a plant's series from an origin, with a trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.forecasting.daily_forecast import DailyForecast, Numbers
from analytics.forecasting.ladder import GUARDED_DAYS, is_enough, missing
from analytics.forecasting.model import ForecastModel, GroupFit, SeriesFit
from analytics.forecasting.past import Past, on_calendar, past_of
from analytics.forecasting.paths import Dependence, laddered, mean_of, paths_of
from analytics.forecasting.pool.roster import NAIVE, NEEDS, assemble
from analytics.forecasting.series import HORIZON, QUANTILES, DailySeries, Floats
from analytics.forecasting.verdict import UNJUDGED
from analytics.forecasting.weights import combined
from analytics.forecasting.width import stretched
from analytics.forecasting.wis import MEDIAN

TOTAL_DAYS = (7, 30)
TOTAL_LEVELS = (0.5, 0.1, 0.9, 0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One series, its past at the origin, and what each member says: (30, 5), NaN where closed."""

    series: DailySeries
    origin: date
    past: Past
    spoken: Mapping[str, Floats]


def forecast(
    model: ForecastModel, series: Sequence[DailySeries], *, origin: date
) -> list[DailyForecast]:
    """One a series, in their order, from what was known at 00:00 of the origin day.

    The origin may be any day from the model's `as_of` on. A series with too little history gets
    `served` "insufficient"; one that the model has not seen gets its metric's weights.
    """
    pasts = [past_of(one, origin) for one in series]
    return [
        _one(model, _Asked(series=one, origin=origin, past=past, spoken=said))
        for one, past, said in zip(series, pasts, spoken_by(model, pasts), strict=True)
    ]


def spoken_by(model: ForecastModel, pasts: Sequence[Past]) -> list[dict[str, Floats]]:
    """What each member that may speak of a past says: (30, 5), NaN on closed days."""
    spoken: list[dict[str, Floats]] = [{} for _ in pasts]
    for member in assemble(frozenset(model.members), model.learned):
        able = [n for n, p in enumerate(pasts) if is_enough(p) and p.days >= member.least_days]
        for n, found in zip(able, member.quantiles([pasts[n] for n in able]), strict=True):
            if not np.isnan(found).any():
                spoken[n][member.name] = on_calendar(pasts[n], found)
    return spoken


def _one(model: ForecastModel, asked: _Asked) -> DailyForecast:
    series, origin = asked.series, asked.origin
    if not asked.spoken:
        sentences, ready_on = missing(asked.past, origin)
        return DailyForecast(
            key=series.key,
            metric=series.metric,
            origin=origin,
            missing=sentences,
            ready_on=ready_on,
            history_days=asked.past.days,
        )
    group = model.groups.get(series.metric) or GroupFit(weights={})
    fit = model.series.get((series.key, series.metric)) or SeriesFit(
        weights=group.weights, beats_naive=True, reason=UNJUDGED, backtest={}
    )
    return _served(asked, group, fit)


def _served(asked: _Asked, group: GroupFit, fit: SeriesFit) -> DailyForecast:
    is_naive = not fit.beats_naive and NAIVE in asked.spoken
    weights = {NAIVE: 1.0} if is_naive else _serving(asked.spoken, fit.weights)
    floor = asked.past.lower
    mixed = combined(
        [asked.spoken[name] for name in weights], np.array(list(weights.values())), floor
    )
    worked = asked.past.ahead
    # Naive's bands come from the moves of its own series; factors are learned on all of a metric's.
    quantiles = mixed if is_naive else stretched(mixed, group.widths, floor)
    quantiles[worked] = asked.past.bounded(quantiles[worked])
    ladder = laddered(quantiles)
    ladder = np.clip(ladder, asked.past.lower, asked.past.upper)
    show = _shown(asked.series)
    return DailyForecast(
        key=asked.series.key,
        metric=asked.series.metric,
        origin=asked.origin,
        dates=tuple(asked.origin + timedelta(days=n) for n in range(HORIZON)),
        quantiles={level: show(quantiles[:, n]) for n, level in enumerate(QUANTILES)},
        mean=show(mean_of(ladder)),
        members={
            name: show(asked.spoken[name][:, MEDIAN]) if name in asked.spoken else None
            for name in NEEDS
        },
        weights=weights,
        served=NAIVE if is_naive else "model",
        reason=fit.reason if is_naive or asked.past.days < GUARDED_DAYS else "",
        totals=_totals(asked, ladder, group.dependence),
        history_days=asked.past.days,
        backtest=fit.backtest,
    )


def _serving(spoken: Mapping[str, Floats], learned: Mapping[str, float]) -> dict[str, float]:
    """The learned weights of the members that speak, to a sum of 1; equal where none has any."""
    held = {name: learned.get(name, 0.0) for name in spoken}
    total = sum(held.values())
    if not total:
        return {name: 1 / len(spoken) for name in spoken}
    return {name: weight / total for name, weight in held.items() if weight}


def _shown(series: DailySeries) -> Callable[[Floats], Numbers]:
    """Numbers for JSON: on closed days 0 for what adds up, None for a ratio."""
    closed = 0.0 if series.additive else None
    return lambda line: tuple(closed if np.isnan(one) else float(one) for one in line)


def _totals(asked: _Asked, ladder: Floats, dependence: Dependence) -> dict[int, Numbers]:
    """Quantiles of the sum (of the mean, for a ratio) over the worked days of each span."""
    worked = asked.past.ahead
    drawn = paths_of(ladder[worked], dependence)
    found: dict[int, Numbers] = {}
    for days in TOTAL_DAYS:
        part = drawn[:, worked < days]
        if not part.shape[1]:
            found[days] = (0.0 if asked.series.additive else None,) * len(TOTAL_LEVELS)
            continue
        total = part.sum(axis=1) if asked.series.additive else part.mean(axis=1)
        found[days] = tuple(float(one) for one in np.quantile(total, TOTAL_LEVELS))
    return found
