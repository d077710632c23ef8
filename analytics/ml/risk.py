"""The risk level of a shift: its chance of half an hour of downtime, in four words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Risk = Literal["low", "medium", "high", "critical"]
LEVELS: tuple[Risk, ...] = ("low", "medium", "high", "critical")
THRESHOLDS = (0.05, 0.2, 0.5)


def risk_of(p: float, down_now: bool, thresholds: Sequence[float] = THRESHOLDS) -> Risk:  # noqa: FBT001
    """Low below the first threshold, then medium, high and critical; critical when down now."""
    if down_now:
        return "critical"
    return LEVELS[sum(p >= threshold for threshold in thresholds)]
