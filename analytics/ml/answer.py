"""What a branch of a model says of questions of its kind."""

from __future__ import annotations

import numpy as np

from analytics.ml.calibration import Promise, circumstances, tolerance_min
from analytics.ml.ensemble import FULL, answers_of
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Questions, ShiftHistory
from analytics.ml.model import Branch, DowntimeModel
from analytics.ml.predictions import Contribution, Predictions
from analytics.ml.reasons import reasons
from analytics.ml.standing import DOWN_NOW


def answer(
    model: DowntimeModel, branch: Branch, history: ShiftHistory, questions: Questions, *,
    full: FeatureTable, explain: bool,
) -> Predictions:  # fmt: skip
    """`full` has all features of the questions."""
    at = circumstances(full, model.places(history, questions.machine))
    table = full.of(branch.names)
    said = branch.calibration.promise(branch.ensemble.guess(table), at)
    answers = answers_of(branch.ensemble.members, table)
    share = questions.planned_min / FULL
    usual = np.full(len(table), np.nan)
    why: list[list[Contribution]] = [[] for _ in range(len(table))]
    if explain:
        usual, why = reasons(model, branch, history, questions, full=full)
    return Predictions(
        median_min=said.median, expected_min=said.expected,
        lo80=said.bands[:, 0], hi80=said.bands[:, 1], lo95=said.bands[:, 2], hi95=said.bands[:, 3],
        p_downtime_30=said.chance, confidence=said.confidence,
        agreement=_agreement(answers, said, share), down_now=at.state == DOWN_NOW,
        served=[branch.guard.serves] * len(table), naive_min=answers[branch.best_naive] * share,
        usual_min=usual, contributions=why,
    )  # fmt: skip


def _agreement(answers: dict[str, Floats], said: Promise, share: Floats) -> Floats:
    """Share of the members whose answer is within the tolerance of the median served."""
    near = [
        np.abs(answers[name] * share - said.median) <= tolerance_min(share * FULL)
        for name in sorted(answers)
    ]
    agreed: Floats = np.mean(near, axis=0)
    return agreed
