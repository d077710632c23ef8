"""Expected minutes against the machine's usual ones, told by factor."""

from __future__ import annotations

from analytics.ml.explanation import shapley
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Questions, ShiftHistory
from analytics.ml.labels import label_of, plan_of, rows_of
from analytics.ml.model import Branch, DowntimeModel
from analytics.ml.predictions import Contribution


def reasons(
    model: DowntimeModel, branch: Branch, history: ShiftHistory, questions: Questions, *,
    full: FeatureTable,
) -> tuple[Floats, list[list[Contribution]]]:  # fmt: skip
    """Usual minutes of each question, and its factors with labels and minutes, largest first;
    those that change nothing are left out.

    `full` has all features of the questions, of which the branch uses some.
    """
    table = full.of(branch.names)
    usual = _usual(branch.usual[model.places(history, questions.machine)], table)
    share = questions.planned_min / 480.0
    factors, minutes = shapley(branch.ensemble.expected, table, usual)
    minutes = minutes * share[:, None]
    told = []
    for place, row in enumerate(rows_of(full)):
        plan = plan_of(questions, place, history)
        labels = [label_of(factor, row, model.signals, plan=plan) for factor in factors]
        of = list(zip(factors, labels, minutes[place].tolist(), strict=True))
        of = [one for one in of if one[2]]
        told.append(sorted(of, key=lambda one: -abs(one[2])))
    return branch.ensemble.expected(usual) * share, told


def _usual(values: Floats, table: FeatureTable) -> FeatureTable:
    """How far ahead a question is asked and how long the shift is are no causes: they stay."""
    for name in ("lead_min", "planned_min"):
        values[:, table.names.index(name)] = table.column(name)
    return FeatureTable(table.names, table.factors, values)
