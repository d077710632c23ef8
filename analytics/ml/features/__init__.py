"""What was known as of a question, as numbers: one module a factor that people are told of.

    table = features(history, questions_of(history, rows))

A question uses outcomes of shifts that had ended as of it and intervals as known then, so that
nothing later in the history changes a single bit. NaN is unknown.
"""

from __future__ import annotations

from analytics.ml.features.fleet import fleet_features
from analytics.ml.features.output import output_features
from analytics.ml.features.plan import plan_features
from analytics.ml.features.process import process_features
from analytics.ml.features.recent import recent_features
from analytics.ml.features.standing import standing_features
from analytics.ml.features.table import FeatureTable, table_of
from analytics.ml.features.usual import usual_features
from analytics.ml.history import Questions, ShiftHistory
from analytics.ml.past import past_of

FACTORS = ("standing", "recent", "usual", "fleet", "plan", "output", "process")


def features(history: ShiftHistory, questions: Questions) -> FeatureTable:
    """One row a question. A history with no row of a machine gives NaN for it."""
    past = past_of(history, questions)
    return table_of(
        [
            ("standing", standing_features(history, questions, past)),
            ("recent", recent_features(history, questions, past)),
            ("usual", usual_features(history, past)),
            ("fleet", fleet_features(history, questions)),
            ("plan", plan_features(history, questions, past)),
            ("output", output_features(history, past)),
            ("process", process_features(history, past)),
        ]
    )
