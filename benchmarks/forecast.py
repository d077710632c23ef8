"""Daily forecasts on open data: our score beside seasonal naive and the usual recipe.

`python -m benchmarks.forecast --data DIR` trains and forecasts as the product does, at origins in
the last quarter of each file's time, with a new training at each, and prints the weighted interval
score (analytics/forecasting/wis.py), its ratio to seasonal naive, the coverage of the 80 and 95 %
bands and the share of series that are worse than seasonal naive. Members, weights, widths, trees
and network were chosen on the first three quarters of the files' time only.

"LSTM + Prophet" is the usual recipe; "library naive" is the seasonal naive of the gates, "seasonal
naive" the pool's own (benchmarks/forecast_rivals.py). `--until 0.75` cuts each file at that share
of its time and measures on the last quarter of the rest: what is to be chosen is chosen there.
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
from analytics.forecasting.past import on_calendar, past_of, truth_of
from analytics.forecasting.pool.prophet_additive import ProphetAdditive
from analytics.forecasting.pool.roster import NEEDS, installed
from analytics.forecasting.series import HORIZON, QUANTILES, DailySeries, Floats
from analytics.forecasting.train import train
from benchmarks.daily_series import SETS
from benchmarks.figure import table
from benchmarks.forecast_rivals import LIBRARY, RECIPE, library_naive, usual_recipe
from benchmarks.forecast_scores import OURS, Answers, Score, Verdict, gates, scores_of

LEAST_HISTORY_DAYS = 60
MOST_ORIGINS = 4


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
        series = _until(SETS[name](options.data, machines), options.until)
        sets[name] = scores_of(_answers(series, full=options.full))
        _show(name, sets[name], time.perf_counter() - began)
    verdicts = gates(sets)
    _say(verdicts)
    if options.out:
        options.out.write_text(json.dumps(_document(sets, verdicts), indent=2) + "\n", "utf-8")
    return 0 if all(one.passed for one in verdicts) else 1


def _until(series: Sequence[DailySeries], share: float) -> list[DailySeries]:
    """What was known after a share of the set's time, of the series that had begun."""
    first, end = min(one.first_day for one in series), max(one.end_day for one in series)
    cut = first + timedelta(days=round((end - first).days * share))
    known = [one.before(cut) for one in series]
    return [one for one in known if len(one.values) >= LEAST_HISTORY_DAYS + HORIZON]


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
    makers[RECIPE] = usual_recipe(makers["lstm"], makers["prophet"])
    makers[LIBRARY] = np.array([on_calendar(past, library_naive(past)) for past in pasts])
    return makers


def _rows(one: DailyForecast) -> Floats:
    return np.array([one.quantiles[level] for level in QUANTILES], dtype=float).T


def _show(name: str, scores: dict[str, Score], seconds: float) -> None:
    against = ("/ library", "mean of ratios", "worse", "/ pool's", "mean of ratios", "worse")
    rows = [(name, "WIS", "cov 80", "cov 95", *against)]
    for maker, one in scores.items():
        row = [maker, f"{one.wis:.4g}", f"{one.coverage_80:.3f}", f"{one.coverage_95:.3f}"]
        for held in (one.library, one.pool):
            row += [f"{held.ratio:.3f}", f"{held.ratios.mean():.3f}", f"{held.share_worse:.2f}"]
        rows.append(tuple(row))
    sys.stdout.write("\n".join(table(rows)) + f"\n({seconds:.0f} s)\n\n")
    sys.stdout.flush()


def _say(verdicts: Sequence[Verdict]) -> None:
    for one in verdicts:
        strict = "" if one.strict is None else f" | {one.strict:.3f} against the pool's own"
        verdict = "pass" if one.passed else "FAIL"
        sys.stdout.write(f"{one.title} | {one.figure:.3f} | {one.limit} | {verdict}{strict}\n")


def _document(
    sets: dict[str, dict[str, Score]], verdicts: Sequence[Verdict]
) -> dict[str, dict[str, object]]:
    return {
        "sets": {
            name: {maker: _figures(one) for maker, one in scores.items()}
            for name, scores in sets.items()
        },
        "gates": {
            one.title: {
                "value": one.figure,
                "limit": one.limit,
                "pass": one.passed,
                "against_the_pools_naive": one.strict,
            }
            for one in verdicts
        },
    }


def _figures(one: Score) -> dict[str, object]:
    beside = {
        rival: {
            "ratio": held.ratio,
            "mean_of_ratios": float(held.ratios.mean()),
            "share_worse": held.share_worse,
        }
        for rival, held in (("library_naive", one.library), ("seasonal_naive", one.pool))
    }
    return {
        "wis": one.wis,
        "coverage_80": one.coverage_80,
        "coverage_95": one.coverage_95,
        "series": len(one.pool.ours),
        **beside,
    }


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the open data")
    parser.add_argument("--sets", default=",".join(SETS), help="some of the sets, by name")
    parser.add_argument("--full", action="store_true", help="more machines, every origin")
    parser.add_argument(
        "--until", type=float, default=1.0, metavar="SHARE", help="of the files' time, to choose on"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
