"""How far next-shift predictions are from the best possible ones: `python -m benchmarks.oracle`.

The past of a demo plant is simulated as the demo does it, and its last shifts are asked for, each
at its start: by the product's model, trained each week on what was known then; by naive rules; and
by an oracle, which knows the true state of every machine and the laws of the plant, though not the
dice. The oracle lets copies of the plant live through the shift, each with other dice, and says
their median, quantiles, and the share with half an hour of downtime: nobody who cannot see the
dice can do better on average (but for the noise of the copies). See `oracle_plant.py` for what it
knows and what is thrown again.

The model has what production would have: records, stops, and process signals every 15 minutes. Its
weekly models serve without a duel with the one before, as in a replay. Naive is the rule with the
least error in hindsight, out of the product's own rules and the median of the machine's last 63
shifts; intervals and chances of naive are those shifts' own.

Deterministic; 60 shifts with 200 copies take some three minutes of CPU time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from amis.stack.services import PLANTS
from analytics.ml.downtime import predict, train
from analytics.ml.features import features
from analytics.ml.history import Floats, Ints, ShiftHistory, questions_of
from analytics.ml.instants import training_instant
from analytics.ml.predictions import Predictions, joined
from analytics.ml.regressors import NAIVE
from benchmarks.oracle_past import Chronicle, downtime_min, shifts_of
from benchmarks.oracle_plant import KnownPlant
from benchmarks.oracle_report import lines_of, rows_of
from benchmarks.oracle_scores import Said, gap
from plc_sim.timetable import micros, moment
from production.shopfloor.record import us
from production.shopfloor.shifts import PlannedShift

DICE = 7
EPOCH = "2026-01-01T00:00+00:00"
ZONES = {seed: zone for _, zone, seed in PLANTS.values()}
USUAL, USUAL_SHIFTS = "last_63_shifts", 63
WEEK = 7


def main(words: Sequence[str]) -> int:
    """Prints the comparison; 0 when it could be made."""
    options = _options().parse_args(words)
    options.timezone = options.timezone or ZONES.get(options.seed, "UTC")
    result = compared(options)
    sys.stdout.write("\n".join(lines_of(result, usual=USUAL)) + "\n")
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def compared(options: argparse.Namespace) -> dict[str, Any]:
    """Scores of everybody on the same shifts, by what they say."""
    history, draws = lived(options)
    count = len(history) // len(history.machines)
    rows = np.flatnonzero(np.arange(len(history)) % count >= count - draws.shape[0])
    actual = history.downtime_min[rows]
    ours, trainings, serves = our_answers(history, rows, options.timezone)
    oracle = Said.of(draws.transpose(2, 0, 1).reshape(len(rows), -1))
    said = {USUAL: _usual(history, rows), "ours": Said.by(ours), "oracle": oracle}
    errors = {name: np.abs(actual - minutes) for name, minutes in _naive(history, rows).items()}
    losses = {name: one.losses(actual) for name, one in said.items()}
    errors[USUAL] = losses[USUAL]["mae"]
    best = min(errors, key=lambda name: float(errors[name].mean()))
    naive = {**losses[USUAL], "mae": errors[best]}
    return {
        "plant": {"seed": options.seed, "timezone": options.timezone, "days": options.days},
        "shifts": draws.shape[0], "machines": len(history.machines), "copies": draws.shape[1],
        "trainings": trainings, "serves": serves, "best_naive": best,
        "mean_min": float(actual.mean()), "share_of_30": float((actual >= 30).mean()),
        "naive_mae": {name: float(error.mean()) for name, error in errors.items()},
        "scores": {name: one.scores(actual) for name, one in said.items()},
        "gaps": {
            name: gap(naive[name], losses["ours"][name], losses["oracle"][name],
                      start_us=history.start_us[rows])
            for name in naive
        },
        "rows": rows_of(history, rows, said),
    }  # fmt: skip


def lived(options: argparse.Namespace) -> tuple[ShiftHistory, Floats]:
    """The plant's past, and (shifts, copies, machines) minutes of the oracle's copies."""
    plant = KnownPlant(seed=options.seed, epoch=options.epoch, timezone=options.timezone)
    shifts = shifts_of(plant, options.timezone, options.days)
    chronicle, draws = Chronicle(plant), []
    for place, shift in enumerate(shifts):
        chronicle.reach(us(shift.interval.start))
        if place >= len(shifts) - options.shifts:
            draws.append(futures(plant, shift, dice=(DICE, place), copies=options.copies))
        chronicle.follow(shift)
    return chronicle.history(), np.array(draws)


def futures(
    plant: KnownPlant, shift: PlannedShift, *, dice: tuple[int, ...], copies: int
) -> Floats:
    """(copies, machines) minutes of downtime in a shift that begins now."""
    found = []
    for turn in range(copies):
        one = plant.future(*dice, turn)
        events = one.advance(us(shift.interval.end)).events
        found.append(downtime_min([*events, *one.open_states()], one, shift))
    return np.array(found)


def our_answers(
    history: ShiftHistory, rows: Ints, timezone: str
) -> tuple[Predictions, int, list[str]]:
    """What the product says at each shift's start, of how many trainings, and who served."""
    starts = history.start_us[rows]
    learned = [_learned_at(int(start), timezone) for start in starts]
    parts, order, serves = [], [], []
    for at in sorted(set(learned)):
        places = np.flatnonzero(np.array(learned) == at)
        model = train(history, as_of_us=at)
        parts.append(predict(model, history, questions_of(history, rows[places]), explain=False))
        order.append(places)
        serves.append(model.guard.serves)
        sys.stderr.write(f"  trained {moment(at):%Y-%m-%d}, {model.guard.serves} serves\n")
    back = np.argsort(np.concatenate(order), kind="stable")
    return joined(parts, back), len(parts), serves


def _learned_at(start_us: int, timezone: str) -> int:
    return us(training_instant(moment(start_us), every_days=WEEK, timezone=timezone))


def _naive(history: ShiftHistory, rows: Ints) -> dict[str, Floats]:
    """Minutes by each naive rule of the product."""
    held = features(history, questions_of(history, rows))
    share = history.planned_min[rows] / 480.0
    return {one.name: np.clip(one().predict(held), 0, 480) * share for one in NAIVE}


def _usual(history: ShiftHistory, rows: Ints) -> Said:
    """Each shift is like one of the machine's last 63, which have ended."""
    first = np.searchsorted(history.machine, history.machine[rows])
    back = np.minimum(rows - first, USUAL_SHIFTS).min()
    return Said.of(history.downtime_min[rows[:, None] - np.arange(1, back + 1)])


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oracle", description=__doc__)
    parser.add_argument("--days", type=int, default=180, help="of history (default 180)")
    parser.add_argument("--seed", type=int, default=7, help="the plant's: 7 Chicago, 11 Lyon")
    parser.add_argument("--timezone", help="default: that of the demo plant with the seed")
    parser.add_argument("--epoch", type=_instant, default=_instant(EPOCH), metavar="ISO")
    parser.add_argument("--shifts", type=int, default=60, help="that are asked for, the last ones")
    parser.add_argument("--copies", type=int, default=200, help="of the plant, for each shift")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


def _instant(text: str) -> int:
    return micros(datetime.fromisoformat(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
