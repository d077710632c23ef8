"""One thing to do, with who does it and why."""

from __future__ import annotations

from dataclasses import dataclass

from ai_insights.grounding.analysis import Claim, Priority
from ai_insights.grounding.fact import Fact
from amis.marked import _

MAINTENANCE, SHIFT_LEAD, QUALITY, PLANNING = (
    _("Maintenance"),
    _("Shift lead"),
    _("Quality"),
    _("Planning"),
)
ROLES = (MAINTENANCE, SHIFT_LEAD, QUALITY, PLANNING)
NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`task` is the action as an order without its end: a day may be put behind it."""

    priority: Priority
    owner: str
    task: str
    on: tuple[Fact, ...]
    because: Claim
    effect: Claim | None = None
    until: str = ""
    """In words, the shift or day after which it comes too late."""

    @property
    def machine(self) -> Fact | None:
        """The fact that names the machine; None where the step is the plant's."""
        return next((fact for fact in self.on if fact.machine_id), None)
