"""What the pages draw and the registry compares, as plain lists, numbers and words."""

from __future__ import annotations

from typing import Any

from analytics.ml.history import ShiftHistory
from analytics.ml.judgement import Judgement
from analytics.ml.model import Branch
from analytics.ml.training import Asked


def evidence_of(
    found: Judgement, held: Asked, history: ShiftHistory, branch: Branch
) -> dict[str, Any]:
    """All of it out of sample, on the shifts held back."""
    return {}


def metrics_of(found: Judgement, held: Asked) -> dict[str, Any]:
    """By member and for ours."""
    return {}
