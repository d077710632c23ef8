"""Daily forecasts on open data: our score beside seasonal naive and the usual recipe.

`python -m benchmarks.forecast --data DIR` trains and forecasts as the product does, at origins in
the last quarter of each file's time, with a new training at each, and prints the weighted interval
score (analytics/forecasting/wis.py), its ratio to seasonal naive, the coverage of the 80 and 95 %
bands and the share of series that are worse than seasonal naive. Members, weights, widths, trees
and network were chosen on the first three quarters of the files' time only.

"LSTM + Prophet" is the usual recipe: the mean of both, quantile by quantile. Seasonal naive is the
pool's own, with bands from the differences the series has shown; "normal naive" is the same with
the textbook's normal bands, which are weaker on downtime.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from analytics.forecasting.daily_forecast import DailyForecast
from analytics.forecasting.forecast import forecast, spoken_by
from analytics.forecasting.lstm import train_lstm
from analytics.forecasting.past import Past, on_calendar, past_of, truth_of
from analytics.forecasting.pool.prophet_additive import ProphetAdditive
from analytics.forecasting.pool.roster import NEEDS, installed
from analytics.forecasting.series import HORIZON, QUANTILES, DailySeries, Floats
from analytics.forecasting.train import train
from benchmarks.daily_series import SETS
from benchmarks.figure import table
from benchmarks.forecast_scores import NORMAL, OURS, RECIPE, Answers, Score, gates, scores_of

LEAST_HISTORY_DAYS = 60
MOST_ORIGINS = 4
NORMAL_Z = np.array([-1.96, -1.2816, 0.0, 1.2816, 1.96])


def main(words: Sequence[str]) -> int:
    """0 when every gate passes or there is no data, 1 when one fails."""
    options = _options().parse_args(words)
    if not (options.data / "grid5000_machines.csv.gz").exists():
        sys.stdout.write(f"skipped: there is no open data in {options.data}\n")
        return 0
    machines = 60 if options.full else 24
    sets: dict[str, dict[str, Score]] = {}
    for name in options.sets.split(","):
        began = time.perf_counter()
        series = SETS[name](options.data, machines)
        sets[name] = scores_of(_answers(series, full=options.full))
        _show(name, sets[name], time.perf_counter() - began)
    verdicts = gates(sets)
    for title, figure, limit, passed in verdicts:
        sys.stdout.write(f"{title} | {figure:.3f} | {limit} | {'pass' if passed else 'FAIL'}\n")
    if options.out:
        options.out.write_text(json.dumps(_document(sets, verdicts), indent=2) + "\n", "utf-8")
    return 0 if all(passed for *_, passed in verdicts) else 1


def _answers(series: Sequence[DailySeries], *, full: bool) -> Answers:
    found = Answers()
    for origin in _origins(series, full=full):
        able = [
            one if (origin - one.first_day).days >= LEAST_HISTORY_DAYS else None for one in series
        ]
        asked = [one for one in able if one is not None]
        rows = [n for n, one in enumerate(able) if one is not None]
        truth = np.full((len(series), HORIZON), np.nan)
        truth[rows] = [truth_of(one, origin) for one in asked]
        makers = {}
        for maker, held in _makers(asked, origin).items():
            makers[maker] = np.full((len(series), HORIZON, len(QUANTILES)), np.nan)
            makers[maker][rows] = held
        found.add(truth, makers)
        sys.stderr.write(f"{origin} done\n")
    return found


def _origins(series: Sequence[DailySeries], *, full: bool) -> list[date]:
    """Every 30 days from the beginning of the last quarter, closer where that gives fewer than 4;
    evenly thinned to 4 unless `full`.
    """
    first, end = min(one.first_day for one in series), max(one.end_day for one in series)
    quarter = (end - first).days // 4
    step = min(HORIZON, quarter // MOST_ORIGINS)
    every = [end - timedelta(days=quarter - n) for n in range(0, quarter - step // 2, step)]
    kept = np.linspace(0, len(every) - 1, min(MOST_ORIGINS, len(every))).round().astype(int)
    return every if full else [every[n] for n in kept]


def _makers(series: Sequence[DailySeries], origin: date) -> dict[str, Floats]:
    """(series, 30, 5) by maker, from models that are trained at the origin."""
    lstm = train_lstm(series, as_of=origin) if "lstm" in installed() else None
    model = train(series, as_of=origin, lstm=lstm)
    pasts = [past_of(one, origin) for one in series]
    spoken = spoken_by(model, pasts)
    if "prophet" in installed():
        for said, past in zip(spoken, pasts, strict=True):
            said["prophet"] = on_calendar(past, ProphetAdditive().quantiles([past])[0])
    nothing = np.full((HORIZON, len(QUANTILES)), np.nan)
    makers = {OURS: np.array([_rows(one) for one in forecast(model, series, origin=origin)])}
    makers |= {n: np.array([said.get(n, nothing) for said in spoken]) for n in NEEDS}
    makers[RECIPE] = (makers["lstm"] + makers["prophet"]) / 2
    makers[NORMAL] = np.array([on_calendar(past, _normal_naive(past)) for past in pasts])
    return makers


def _rows(one: DailyForecast) -> Floats:
    return np.array([one.quantiles[level] for level in QUANTILES], dtype=float).T


def _normal_naive(past: Past) -> Floats:
    """Hyndman and Athanasopoulos, 5.5: σ √k around the same weekday of the last week."""
    moves = past.values[7:] - past.values[:-7]
    spread = np.sqrt(np.nanmean(moves**2)) * np.sqrt(past.ahead // 7 + 1)
    last = past.filled[-7:][past.ahead % 7]
    return past.bounded(last[:, None] + spread[:, None] * NORMAL_Z)


def _show(name: str, scores: dict[str, Score], seconds: float) -> None:
    head = (name, "WIS", "/ naive", "mean of ratios", "cov 80", "cov 95", "worse")
    rows = [
        (
            maker,
            f"{one.wis:.4g}",
            f"{one.ratio:.3f}",
            f"{one.ratios.mean():.3f}",
            f"{one.coverage_80:.3f}",
            f"{one.coverage_95:.3f}",
            f"{one.share_worse:.2f}",
        )
        for maker, one in scores.items()
    ]
    sys.stdout.write("\n".join(table([head, *rows])) + f"\n({seconds:.0f} s)\n\n")
    sys.stdout.flush()


def _document(
    sets: dict[str, dict[str, Score]], verdicts: Sequence[tuple[str, float, str, bool]]
) -> dict[str, object]:
    return {
        "sets": {
            name: {
                maker: {
                    "wis": one.wis,
                    "ratio": one.ratio,
                    "mean_of_ratios": float(one.ratios.mean()),
                    "coverage_80": one.coverage_80,
                    "coverage_95": one.coverage_95,
                    "share_worse": one.share_worse,
                    "series": len(one.by_series),
                }
                for maker, one in scores.items()
            }
            for name, scores in sets.items()
        },
        "gates": {
            title: {"value": figure, "limit": limit, "pass": passed}
            for title, figure, limit, passed in verdicts
        },
    }


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the open data")
    parser.add_argument("--sets", default=",".join(SETS), help="some of the sets, by name")
    parser.add_argument("--full", action="store_true", help="more machines, every origin")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
