"""Sentences turned into lies: another number, the other direction, another name, unit or fact."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.proof.dates import unbacked_times
from ai_insights.grounding.proof.names import masked

OPPOSITES = (
    ("rose", "fell"), ("up", "down"), ("over", "under"), ("above", "below"), ("higher", "lower"),
    ("more", "less"), ("missed", "reached"), ("met", "missed"), ("increased", "decreased"),
    ("improved", "worsened"), ("better", "worse"), ("most", "least"), ("exceeded", "missed"),
)  # fmt: skip
UNITS = {
    "min": ["h", "%", "kWh", "pieces", "s"], "%": ["points", "min", "‰"], "points": ["%", "min"],
    "pieces": ["min", "%", "stops"], "stops": ["min", "pieces", "h"], "USD": ["EUR", "min"],
    "kWh": ["MWh", "Wh"], "MWh": ["kWh"],
}  # fmt: skip


def lies(
    claim: Claim, facts: Facts, names: Mapping[str, str], *, others: list[Claim], rng: random.Random
) -> Iterator[tuple[str, Claim]]:
    """Each lie with its kind."""
    own = {name for fact_id in claim.fact_ids if (fact := facts.by_id(fact_id))
           for name in (fact.machine_name, fact.machine_id, fact.text)}  # fmt: skip
    bare = masked(claim.text, own)
    for kind, text in (
        *(("number", text) for text in _numbers(claim.text, bare, rng)),
        *(("direction", text) for text in _directions(claim.text, bare)),
        *(("name", text) for text in _names(claim.text, own, names, rng)),
        *(("unit", text) for text in _units(claim.text, bare, rng)),
    ):
        yield kind, Claim(text, claim.fact_ids)
    timeless, _ = unbacked_times(bare, list(facts))
    if re.search(r"\d", timeless):
        yield from (("citation", Claim(claim.text, ids)) for ids in _foreign(claim, facts, others))


def _numbers(text: str, bare: str, rng: random.Random) -> Iterator[str]:
    """Each number of a sentence in turn, one digit of it changed (87 → 85)."""
    for match in re.finditer(r"\d[\d,]*(?:\.\d+)?", bare):
        token = match.group()
        places = [at for at, sign in enumerate(token) if sign.isdigit()]
        at = rng.choice(places)
        digit = rng.choice([d for d in "123456789" if d != token[at]])
        yield text[: match.start()] + token[:at] + digit + token[at + 1 :] + text[match.end() :]


def _directions(text: str, bare: str) -> Iterator[str]:
    for pair in OPPOSITES:
        for word, other in (pair, pair[::-1]):
            for match in re.finditer(rf"\b{word}\b(?! to \d)(?! all)", bare):
                yield text[: match.start()] + other + text[match.end() :]


def _names(text: str, own: set[str], names: Mapping[str, str], rng: random.Random) -> Iterator[str]:
    for machine, name in names.items():
        strangers = [one for one in names.values() if one not in own and one != name]
        if name in own and name in text and strangers:
            yield text.replace(name, rng.choice(strangers), 1)
            stranger = next(one for one in names if names[one] not in own)
            yield text.replace(name, stranger, 1)
        if machine in text and strangers:
            yield text.replace(machine, rng.choice([m for m in names if names[m] in strangers]), 1)


def _units(text: str, bare: str, rng: random.Random) -> Iterator[str]:
    for unit, others in UNITS.items():
        for match in re.finditer(rf"(?<=\d[ \u00a0]){unit}(?!\w)", bare):
            yield text[: match.start()] + rng.choice(others) + text[match.end() :]


def _foreign(claim: Claim, facts: Facts, others: list[Claim]) -> Iterator[tuple[str, ...]]:
    """Facts of the next sentence that has others altogether."""
    for other in others:
        if other.fact_ids and not set(other.fact_ids) & set(claim.fact_ids):
            yield other.fact_ids
            return
