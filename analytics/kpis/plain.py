"""Why a figure is undefined, in the words of whoever runs the plant; the API keeps ISO 22400's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.kpis.rollup import NEVER_PRODUCING, NOTHING_PLANNED, NOTHING_SEEN

PLAIN = {
    NOTHING_PLANNED: "no work was planned",
    NOTHING_SEEN: "no data came from the planned shifts",
    NEVER_PRODUCING: "no machine produced anything",
}


def plainly(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of `kpis` with their reasons in plain words."""
    reasons = {key: PLAIN.get(why, why) for key, why in figures["reasons"].items()}
    return {**figures, "reasons": reasons}
