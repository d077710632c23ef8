"""Which part of the past is replayed, and how often it is trained and forecast anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Shift starts, origins or scored times in `[start, end)`, of one machine or of all."""

    start: datetime
    end: datetime
    machine_id: str | None = None
    metric: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """Days between trainings, and between the origins of forecasts."""

    retrain_days: int = 7
    every_days: int = 30

    @property
    def is_usual(self) -> bool:
        """Whether this is how often the system itself trains, so that its own versions answer."""
        return self.retrain_days == 7
