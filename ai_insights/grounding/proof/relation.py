"""What the facts of a sentence say of one another: above a target or below, more than before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ai_insights.grounding.fact import PLANT, Fact
from ai_insights.grounding.proof.units import of_fact

Kind = Literal["target", "before"]
_KINDS: dict[str, Kind] = {
    "target": "target", "gap": "target", "before": "before", "change": "before",
}  # fmt: skip
SKILL = "_skill"
_DIFFERENCES = ("gap", "change")
_KEY = re.compile(r"^(?P<base>.+?)_(?P<end>target|gap|before|change)$")
_MEASURE = re.compile(r"_(units|min|total|share|ratio)$")
_LESS_IS_BETTER = re.compile(
    r"downtime|lost|loss|scrap|defect|unassigned|stop|anomal|cost|gap|risk|minor|changeover|forecast"
    r"|idle|no_data|stale|reset|mttr|energy|error"
)
_MORE_IS_BETTER = re.compile(
    r"oee|availab|effective|perform|quality|yield|good|throughput|mtbf|complete|coverage|skill"
)
WORDS: dict[str, str] = {
    "oee": r"oee",
    "availability": r"availability",
    "effectiveness": r"performance|effectiveness|speed",
    "quality": r"quality",
    "good": r"good pieces|good units|output|good",
    "scrap": r"scrap\w*|defect\w*|reject\w*",
    "defect_rate": r"scrap\w*|defect\w*|reject\w*",
    "downtime": r"downtime|stood still|stoppages?|stops?",
    "lost": r"lost|losses",
    "unassigned": r"unassigned|unexplained|reason",
    "error": r"errors?",
    "forecast": r"forecast|expected|predicted|next|coming",
}
"""How a sentence may call a quantity, by the stem of the key."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`sign` is that of the value minus its target, or minus the value before."""

    kind: Kind
    stem: str
    sign: int
    facts: tuple[Fact, ...]

    @property
    def gain(self) -> int | None:
        """1 where it is for the better, −1 for the worse, None where nobody can tell."""
        better = polarity(self.stem)
        return None if better is None else better * self.sign


def stem(key: str) -> str:
    """What a key is about: "oee" of oee_target, "good" of good_units and good_before."""
    match = _KEY.match(key)
    return _MEASURE.sub("", match["base"] if match else key)


def polarity(name: str) -> int | None:
    """1 where more is better, −1 where less is; None where nobody can tell."""
    if _LESS_IS_BETTER.search(name):
        return -1
    return 1 if _MORE_IS_BETTER.search(name) else None


def kind_of(fact: Fact) -> Kind | None:
    match = _KEY.match(fact.key)
    return _KINDS[match["end"]] if match else None


def relations(cited: Sequence[Fact]) -> list[Relation]:
    """All that can be read from differences, and from values beside their target or before."""
    known = [fact for fact in cited if fact.value is not None]
    found = [relation for fact in known if (relation := _of_difference(fact))]
    found += [_of_skill(fact) for fact in known if fact.key.endswith(SKILL)]
    bases = [fact for fact in known if kind_of(fact) is None]
    marks = [fact for fact in known if kind_of(fact) and not _is_difference(fact)]
    return found + [
        relation for base in bases for mark in marks if (relation := _of_pair(base, mark))
    ]


def sign(value: float) -> int:
    return (value > 1e-9) - (value < -1e-9)


def _is_difference(fact: Fact) -> bool:
    return fact.key.rpartition("_")[2] in _DIFFERENCES


def _of_difference(fact: Fact) -> Relation | None:
    kind = kind_of(fact)
    if kind is None or fact.value is None or not _is_difference(fact):
        return None
    return Relation(kind, stem(fact.key), sign(fact.value), (fact,))


def _of_skill(fact: Fact) -> Relation:
    """A skill above nothing is an error below that of the naive rule."""
    return Relation("before", "error", -sign(fact.value or 0.0), (fact,))


def _of_pair(base: Fact, mark: Fact) -> Relation | None:
    kind = kind_of(mark)
    is_same = stem(base.key) == stem(mark.key) and of_fact(base.unit) == of_fact(mark.unit)
    is_near = mark.machine_id in (base.machine_id, PLANT)
    if kind is None or base.value is None or mark.value is None or not (is_same and is_near):
        return None
    return Relation(kind, stem(base.key), sign(base.value - mark.value), (base, mark))
