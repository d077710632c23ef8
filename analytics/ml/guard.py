"""Whether the model may serve: only if it errs less than the best naive member."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.ml.best_naive import best_naive
from analytics.ml.model import Guard
from analytics.ml.regressors import regressor_of


def skill(ours: float, naive: float) -> float:
    """1 − ours / naive; 0 where both are perfect."""
    if naive > 0:
        return 1 - ours / naive
    return 0.0 if ours <= 0 else -1.0


def guarded(ours: float, losses: Mapping[str, float]) -> Guard:
    """`ours` is the error of the ensemble on shifts that it was not chosen on; minutes."""
    name = best_naive(losses)
    naive, label = losses[name], regressor_of(name).label
    held = f"{ours:.2f} min a shift against {naive:.2f} min of “{label}”, on shifts held back"
    if skill(ours, naive) > 0:
        return Guard("model", f"The model serves: it errs by {held}.")
    return Guard(name, f"“{label}” serves: the model errs by {held}.")
