"""What of a language model's analysis holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ai_insights.grounding.analysis import Advice, Analysis, Claim, PlanItem
from ai_insights.grounding.fact import PLANT, Facts
from ai_insights.grounding.prompt import PLAN_DAYS
from ai_insights.grounding.proof import verify
from ai_insights.grounding.reading import NO_DAY

MOST_DROPPED = 0.5
"""Share of the sentences above which nothing of the model is shown."""
Dropped = dict[str, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """`analysis` is what holds; `dropped` are the sentences that do not, each with `why`."""

    analysis: Analysis
    dropped: list[Dropped]
    too_many: bool


def checked(
    analysis: Analysis, facts: Facts, names: Mapping[str, str], *, first_day: date | None = None
) -> Checked:
    """Each sentence against its facts. A step falls with its action or its reason, an effect alone.

    `names` are all machines of the plant, id and name; `first_day` is the first of the seven days
    of the plan. Ids of facts that do not exist are taken off where others remain.
    """
    proof = _Proof(facts, names, first_day)
    kept = Analysis(
        sections={name: proof.claims(claims) for name, claims in analysis.sections.items()},
        recommendations=tuple(proof.advice(analysis.recommendations)),
        plan=tuple(proof.plan(analysis.plan)),
        quality=proof.claims(analysis.quality),
    )
    # Said twice is said once, here as among those that fell.
    total = len({claim for _, claim in analysis.claims()})
    fallen = [{"text": text, "why": why} for text, why in proof.dropped]
    return Checked(kept, fallen, len(fallen) > MOST_DROPPED * total)


@dataclass(frozen=True, slots=True)
class _Proof:
    facts: Facts
    names: Mapping[str, str]
    first_day: date | None
    dropped: list[tuple[str, str]] = field(default_factory=list)

    def claims(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return tuple(held for claim in dict.fromkeys(claims) if (held := self._held(claim)))

    def advice(self, steps: Sequence[Advice]) -> Iterator[Advice]:
        for step in steps:
            action, because = self._held(step.action), self._held(step.because)
            effect = self._held(step.effect) if step.effect else None
            if action and because:
                due = step.due if step.due and self._is_in_plan(step.due) else None
                machine = self._machine(step.machine_id, action, because)
                yield replace(step, machine_id=machine, action=action, because=because,
                              effect=effect, due=due)  # fmt: skip

    def plan(self, items: Sequence[PlanItem]) -> Iterator[PlanItem]:
        for item in items:
            action, because = self._held(item.action), self._held(item.because)
            if not action or not because:
                continue
            machine = self._machine(item.machine_id, action, because)
            if not self._is_in_plan(item.date) or not machine:
                why = "it has no machine" if not machine else "its day is not in the plan"
                self.dropped.append((item.action.text, why))
                continue
            yield replace(item, action=action, because=because, machine_id=machine,
                          machine_name=self.names[machine])  # fmt: skip

    def _held(self, claim: Claim) -> Claim | None:
        """The claim with the facts that exist; None, and written down, where it does not hold."""
        known = tuple(one for one in claim.fact_ids if self.facts.by_id(one))
        held = Claim(claim.text, known)
        why = verify(held, self.facts, self.names)
        if why:
            self.dropped.append((claim.text, "; ".join(why)))
            return None
        return held

    def _machine(self, said: str, *claims: Claim) -> str:
        """The machine that a step is for: the one it says, unless its facts are of another one."""
        facts = [self.facts.by_id(one) for claim in claims for one in claim.fact_ids]
        of = [fact.machine_id for fact in facts if fact and fact.machine_id in self.names]
        if said in self.names and (said in of or not of):
            return said
        return of[0] if of else PLANT

    def _is_in_plan(self, day: date) -> bool:
        if day == NO_DAY:
            return False
        if self.first_day is not None:
            return self.first_day <= day < self.first_day + timedelta(days=PLAN_DAYS)
        windows = {fact.window for fact in self.facts if fact.key == "forecast_day"}
        return not windows or f"{day:%a} {day.day} {day:%b}" in windows
