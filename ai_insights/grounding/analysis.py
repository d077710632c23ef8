"""What is said of a window: sentences, each with the facts that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Priority = Literal["high", "medium", "low"]
Section = Literal[
    "executive_summary", "root_cause_analysis", "risk_assessment", "what_we_do_not_know"
]
SECTIONS: tuple[Section, ...] = (
    "executive_summary", "root_cause_analysis", "risk_assessment", "what_we_do_not_know",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence. Every number, unit, name and direction in it comes from its facts."""

    text: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Something to do: `action` says what, `because` why, `effect` what it should bring.

    `owner` is a role of the plant ("Maintenance"), `due` the plant day by which it should be done.
    """

    priority: Priority
    machine_id: str
    action: Claim
    because: Claim
    owner: str
    due: date | None = None
    effect: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One piece of maintenance that is suggested for the next seven days."""

    date: date
    machine_id: str
    machine_name: str
    action: Claim
    priority: Priority
    because: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that is said; `quality` are findings about scrap and what to do about them."""

    sections: dict[Section, Sequence[Claim]]
    recommendations: Sequence[Advice]
    plan: Sequence[PlanItem]
    quality: Sequence[Claim]

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Every sentence with the name of its section, in reading order."""
        for name in SECTIONS[:2]:
            yield from ((name, claim) for claim in self.sections.get(name, ()))
        for advice in self.recommendations:
            parts = (advice.action, advice.because, advice.effect)
            yield from (("recommendations", claim) for claim in parts if claim)
        for name in SECTIONS[2:]:
            yield from ((name, claim) for claim in self.sections.get(name, ()))
        for item in self.plan:
            yield from (("maintenance_plan", claim) for claim in (item.action, item.because))
        yield from (("quality_insights", claim) for claim in self.quality)

    def filled_from(self, other: Analysis) -> Analysis:
        """The same with the other's part wherever this one says nothing at all."""
        sections = {
            name: self.sections.get(name) or other.sections.get(name, ()) for name in SECTIONS
        }
        return Analysis(
            sections=sections,
            recommendations=self.recommendations or other.recommendations,
            plan=self.plan or other.plan,
            quality=self.quality or other.quality,
        )
