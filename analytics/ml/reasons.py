"""Expected minutes against the machine's usual ones, told by factor."""

from __future__ import annotations

from analytics.ml.explanation import shapley
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Questions, ShiftHistory
from analytics.ml.labels import label_of, plan_of, rows_of
from analytics.ml.model import DowntimeModel
from analytics.ml.predictions import Contribution


def reasons(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, *, table: FeatureTable
) -> tuple[Floats, list[list[Contribution]]]:
    """Usual minutes of each question, and its factors with labels and minutes, largest first."""
    usual = _usual(model, history, questions, table)
    share = questions.planned_min / 480.0
    factors, minutes = shapley(model.ensemble.expected, table, usual)
    minutes = minutes * share[:, None]
    told = []
    for place, row in enumerate(rows_of(table)):
        plan = plan_of(questions, place, history)
        labels = [label_of(factor, row, history, plan=plan) for factor in factors]
        of = list(zip(factors, labels, minutes[place].tolist(), strict=True))
        told.append(sorted(of, key=lambda one: -abs(one[2])))
    return model.ensemble.expected(usual) * share, told


def _usual(
    model: DowntimeModel, history: ShiftHistory, questions: Questions, table: FeatureTable
) -> FeatureTable:
    """How far ahead a question is asked is no cause, so it stays as it is."""
    values = model.usual_of(history, questions.machine).copy()
    lead = table.names.index("lead_min")
    values[:, lead] = table.values[:, lead]
    # A planned length of its own is what minutes are scaled to, not a reason either.
    planned = table.names.index("planned_min")
    values[:, planned] = table.values[:, planned]
    return FeatureTable(table.names, table.factors, values)
