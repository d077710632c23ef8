"""A half-open span of time, `[start, end)`, in aware UTC: what every stage of AMIS is a function
of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """`[start, end)`. Both ends are aware; they are kept in UTC whatever zone they came in.

    Raises ValueError for a naive end or an end before the start. An empty interval is allowed.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("An interval needs aware datetimes.")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end < self.start:
            raise ValueError(f"The interval ends ({self.end}) before it starts ({self.start}).")

    @property
    def duration_s(self) -> float:
        return (self.end - self.start) / timedelta(seconds=1)

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: Interval) -> bool:
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Interval) -> Interval | None:
        """The common part, or None where the two do not overlap."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None
