"""What is asked: which window, machines and shift, grouped how, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from production.models import Machine
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.window import Window

COLUMN_OF = {"shift": "shift", "day": "production_date"}

Key = str | date
"""A shift's name or a plant day where records are grouped by one, else nothing."""
Cell = tuple[int, Key]
"""A machine's row id and a key."""


@dataclass(frozen=True, slots=True)
class Question:
    window: Window
    machines: tuple[Machine, ...]
    now: datetime
    shift: str | None = None
    group_by: str | None = None

    @property
    def column(self) -> str | None:
        """The column of records that the groups need; machines and lines need none."""
        return COLUMN_OF.get(self.group_by or "")

    def key_of(self, shift: PlannedShift) -> Key:
        if self.group_by == "day":
            return shift.date
        return shift.name if self.group_by == "shift" else ""

    def holds(self, shift: PlannedShift) -> bool:
        return self.shift is None or shift.name == self.shift

    @property
    def text(self) -> str:
        """The same for questions that records answer alike."""
        ids = ",".join(str(machine.pk) for machine in self.machines)
        return f"{self.window.dates or self.window.interval}|{self.shift}|{self.column}|{ids}"
