"""A sentence in pieces: words, and after each number the chip of the fact that it comes from."""

from __future__ import annotations

import re
from typing import NamedTuple

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts

MINUS = "\u2212"
UNIT = re.compile(r"[\u00a0 ]?(?:%|min\b|points?\b|pieces?\b|stops?\b)")


class Piece(NamedTuple):
    """Words, or the id of a fact."""

    words: str
    fact_id: str = ""


def chipped(claim: Claim, facts: Facts) -> list[Piece]:
    """Each cited fact's chip stands behind its number, or at the end where it has none there."""
    places: list[tuple[int, str]] = []
    for fact_id in claim.fact_ids:
        fact = facts.by_id(fact_id)
        place = _place(fact, claim.text, {at for at, _ in places}) if fact else None
        places.append((len(claim.text.rstrip(".")) if place is None else place, fact_id))
    pieces, done = [], 0
    for at, fact_id in sorted(places, key=lambda one: one[0]):
        if at > done:
            pieces.append(Piece(claim.text[done:at]))
        pieces.append(Piece("", fact_id))
        done = max(done, at)
    return [*pieces, Piece(claim.text[done:])] if done < len(claim.text) else pieces


def _place(fact: Fact, text: str, taken: set[int]) -> int | None:
    """Where the fact's number ends, unit included; the first place that no other chip has."""
    if fact.value is None:
        return None
    for number in dict.fromkeys(_written(abs(fact.value))):
        for found in re.finditer(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", text):
            unit = UNIT.match(text, found.end())
            end = unit.end() if unit else found.end()
            if end not in taken:
                return end
    return None


def _written(value: float) -> list[str]:
    """As a sentence may round it, the finest first."""
    return [f"{value:,.1f}", f"{value:,.0f}", f"{value:,.2f}", f"{value:.0f}"]
