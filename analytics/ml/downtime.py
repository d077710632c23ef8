"""Downtime of the next shift: a model is trained on a history, and asked about planned shifts.

    model = train(history, as_of_us=now)
    said = predict(model, history, questions_of(history, rows))

The median and the expected minutes, intervals that hold at 80 and 95 %, the chance of half an hour
and a confidence, each calibrated on shifts held back. Where a naive member errs no more, it serves.
"""

from __future__ import annotations

import numpy as np

from analytics.ml.answer import answer
from analytics.ml.evidence import evidence_of, metrics_of
from analytics.ml.explanation import usual_rows
from analytics.ml.history import Ints, Questions, ShiftHistory
from analytics.ml.judgement import Judgement, judge
from analytics.ml.model import Branch, DowntimeModel
from analytics.ml.predictions import Predictions, joined
from analytics.ml.sufficiency import require_enough
from analytics.ml.training import (
    Asked,
    Tell,
    asked,
    fit_members,
    learned_and_held_back,
    refitted,
)

CHUNK = 20_000


def silent(percent: int, step: str) -> None:
    """Tells nobody."""


def train(history: ShiftHistory, *, as_of_us: int, tell: Tell = silent) -> DowntimeModel:
    """A model from what was known at an instant; rows after it change nothing.

    `tell` is called with a percentage and a step, and may raise to cancel. InsufficientData says in
    `missing` what there is and what is needed, in `needs_shifts` how many more a machine.
    """
    tell(1, "reading the history")
    known = history.known_at(as_of_us)
    rows = require_enough(known)
    start, found, held = _branch(known, rows, ahead=False, tell=_between(tell, 3, 60))
    ahead, _, _ = _branch(known, rows, ahead=True, tell=_between(tell, 60, 95))
    tell(95, "weighing the evidence")
    return DowntimeModel(
        machines=known.machines, shift_names=known.shift_names, signals=known.signals,
        branches={"start": start, "ahead": ahead}, trained_to_us=as_of_us,
        metrics=metrics_of(found, held), evidence=evidence_of(found, held, known, start),
    )  # fmt: skip


def predict(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, *, explain: bool = True
) -> Predictions:
    """Each question by what was known at its own instant. Unexplained is about ten times faster."""
    lows = range(0, max(1, len(questions)), CHUNK)
    rows = [np.arange(low, min(low + CHUNK, len(questions))) for low in lows]
    parts = [_predict(model, history, _of(questions, part), explain=explain) for part in rows]
    return joined(parts)


def _branch(
    known: ShiftHistory, rows: Ints, *, ahead: bool, tell: Tell
) -> tuple[Branch, Judgement, Asked]:
    learn, held = learned_and_held_back(known, rows, ahead=ahead)
    fitted, row = fit_members(learn, held, tell), held.row
    found = judge(fitted, held, machine=known.machine[row], start_us=known.start_us[row])
    everything = asked(known, rows, ahead=ahead)
    branch = Branch(
        names=everything.table.names, factors=everything.table.factors,
        usual=usual_rows(everything.table, known.machine[everything.row], len(known.machines)),
        ensemble=refitted(found.ensemble, everything, tell), calibration=found.calibration,
        guard=found.guard, best_naive=found.best_naive, skill=found.skill,
    )  # fmt: skip
    return branch, found, held


def _between(tell: Tell, low: int, high: int) -> Tell:
    """Tells a part's percentage as that of the whole."""
    return lambda percent, step: tell(low + (high - low) * percent // 100, step)


def _of(questions: Questions, rows: Ints) -> Questions:
    fields = {name: getattr(questions, name)[rows] for name in Questions.__slots__}
    return Questions(**fields)


def _predict(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, *, explain: bool
) -> Predictions:
    """Each question by its branch, put back in the order asked."""
    full = model.table(history, questions)
    ahead = full.column("lead_min") > 0
    parts, order = [], []
    for branch, mask in (("start", ~ahead), ("ahead", ahead)):
        rows = np.flatnonzero(mask)
        if len(rows) or (branch == "start" and not len(questions)):
            part = _of(questions, rows)
            parts.append(answer(model, model.branches[branch], history, part,
                                full=full.rows(rows), explain=explain))  # fmt: skip
            order.append(rows)
    return joined(parts, np.argsort(np.concatenate(order), kind="stable"))
