"""Downtime of the next shift: a model is trained on a history, and asked about planned shifts.

    model = train(history, as_of_us=now)
    said = predict(model, history, questions_of(history, rows))

The median and the expected minutes, intervals that hold at 80 and 95 %, the chance of half an hour
and a confidence, each calibrated on shifts held back. Where a naive member errs no more, it serves.
"""

from __future__ import annotations

import numpy as np

from analytics.ml.calibration import Promise, circumstances, tolerance_min
from analytics.ml.ensemble import FULL, answers_of
from analytics.ml.evidence import evidence_of, metrics_of
from analytics.ml.explanation import usual_rows
from analytics.ml.history import Floats, Questions, ShiftHistory
from analytics.ml.judgement import Judgement, judge
from analytics.ml.model import DowntimeModel
from analytics.ml.predictions import Predictions
from analytics.ml.reasons import reasons
from analytics.ml.standing import DOWN_NOW
from analytics.ml.sufficiency import require_enough
from analytics.ml.training import Asked, Tell, fit_members, learned_and_held_back

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
    learn, held = learned_and_held_back(known, rows)
    fitted = fit_members(known, learn, held, tell)
    tell(85, "calibrating")
    found = judge(fitted, held, known.start_us[held.row])
    tell(95, "weighing the evidence")
    return _model(known, learn, held, found=found, as_of_us=as_of_us)


def predict(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, *, explain: bool = True
) -> Predictions:
    """Each question by what was known at its own instant. Unexplained is about ten times faster."""
    parts = [
        _predict(model, history, _part(questions, low), explain=explain)
        for low in range(0, max(1, len(questions)), CHUNK)
    ]
    if len(parts) == 1:
        return parts[0]
    fields = {name: [getattr(part, name) for part in parts] for name in Predictions.__slots__}
    joined = {
        name: np.concatenate(held) if isinstance(held[0], np.ndarray) else sum(held, [])
        for name, held in fields.items()
    }
    return Predictions(**joined)


def _model(
    known: ShiftHistory, learn: Asked, held: Asked, *, found: Judgement, as_of_us: int
) -> DowntimeModel:
    at_start = np.flatnonzero(learn.table.column("lead_min") == 0)
    usual = usual_rows(
        learn.table.rows(at_start), known.machine[learn.row[at_start]], len(known.machines)
    )
    return DowntimeModel(
        machines=known.machines, shift_names=known.shift_names, signals=known.signals,
        names=learn.table.names, factors=learn.table.factors, usual=usual,
        ensemble=found.ensemble.needed(found.best_naive), calibration=found.calibration,
        guard=found.guard, best_naive=found.best_naive, skill_vs_naive=found.skill,
        trained_to_us=as_of_us, metrics=metrics_of(found, held),
        evidence=evidence_of(found, held, known),
    )  # fmt: skip


def _part(questions: Questions, low: int) -> Questions:
    fields = {name: getattr(questions, name) for name in Questions.__slots__}
    return Questions(**{name: held[low : low + CHUNK] for name, held in fields.items()})


def _predict(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, *, explain: bool
) -> Predictions:
    table = model.table(history, questions)
    at = circumstances(table)
    said = model.calibration.promise(model.ensemble.guess(table), at)
    share = questions.planned_min / FULL
    usual, why = reasons(model, history, questions, table=table) if explain else (None, None)
    answers = answers_of(model.ensemble.members, table)
    return Predictions(
        median_min=said.median, expected_min=said.expected,
        lo80=said.bands[:, 0], hi80=said.bands[:, 1], lo95=said.bands[:, 2], hi95=said.bands[:, 3],
        p_downtime_30=said.chance, confidence=said.confidence,
        agreement=_agreement(answers, said, share), down_now=at.state == DOWN_NOW,
        served=[model.guard.serves] * len(table), naive_min=answers[model.best_naive] * share,
        usual_min=np.full(len(table), np.nan) if usual is None else usual,
        contributions=[[] for _ in range(len(table))] if why is None else why,
    )  # fmt: skip


def _agreement(answers: dict[str, Floats], said: Promise, share: Floats) -> Floats:
    """Share of the members whose answer is within the tolerance of the median served."""
    near = [
        np.abs(answers[name] * share - said.median) <= tolerance_min(share * FULL)
        for name in sorted(answers)
    ]
    agreed: Floats = np.mean(near, axis=0)
    return agreed
