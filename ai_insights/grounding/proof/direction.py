"""Words of direction against the facts: up is up, below is below, a target reached was reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.proof.figures import Backed
from ai_insights.grounding.proof.names import HIDDEN, masked, mentions
from ai_insights.grounding.proof.relation import WORDS, Relation, polarity, relations, sign, stem
from ai_insights.grounding.proof.sentence import Sentence
from ai_insights.grounding.proof.units import of_fact
from ai_insights.grounding.proof.vocabulary import Direction, directions, has_mark

_AT_LEAST = re.compile(r"≥|>|or more|at least|more than|over|from .* on", re.IGNORECASE)
_AT_MOST = re.compile(r"≤|or less|at most|less than|under", re.IGNORECASE)
_TIMES = ("d", "weeks", "h", "shifts")


def wrong_directions(sentence: Sentence) -> list[str]:
    """A reason for each word of direction that the cited facts contradict or cannot show."""
    known = relations(sentence.cited)
    wrong: list[str] = []
    for direction in directions(_unlabelled(sentence)):
        holds = _holds(direction, sentence, known)
        if holds is None:
            wrong.append(f"no fact that it cites shows “{direction.word}”")
        elif holds == direction.is_negated:
            wrong.append(f"its facts say otherwise than “{direction.word}”")
    return wrong


def _holds(direction: Direction, sentence: Sentence, known: Sequence[Relation]) -> bool | None:
    if direction.manner == "state" and (holds := _state(direction, sentence.cited)) is not None:
        return holds
    of_manner = _of_manner(direction, sentence.bare, known)
    fitting = _nearest(direction, sentence, of_manner)
    senses = {_sense(direction, relation.sign, relation.gain) for relation in fitting}
    if len(senses) == 1:
        return senses.pop()
    if fitting or direction.manner == "target":
        return None
    return _compared(direction, sentence)


def _unlabelled(sentence: Sentence) -> str:
    """The bare sentence without what it quotes of its facts, which is no finding of its own."""
    quoted = {words for fact in sentence.cited for words in (fact.label, fact.basis)}
    veiled = masked(sentence.text, quoted)
    pairs = zip(sentence.bare, veiled, strict=True)
    return "".join(HIDDEN if HIDDEN in pair else pair[0] for pair in pairs)


def _state(direction: Direction, cited: Sequence[Fact]) -> bool | None:
    is_down = any(fact.key == "down_now" and fact.value is not None for fact in cited)
    return is_down == (direction.sense == "down") if is_down else None


def _sense(direction: Direction, difference: int, gain: int | None) -> bool | None:
    if direction.sense in ("up", "down"):
        return difference == (1 if direction.sense == "up" else -1)
    if gain is None:
        return None
    if direction.sense == "reached":
        return gain >= 0
    return gain == (1 if direction.sense == "better" else -1)


def _of_manner(direction: Direction, text: str, known: Sequence[Relation]) -> list[Relation]:
    """A change is one over time; a comparison is with the target where its clause names one."""
    start, end = direction.clause
    speaks_of_target = has_mark(text[start:end])
    if direction.manner == "target" or speaks_of_target:
        return [relation for relation in known if relation.kind == "target"]
    over_time = [relation for relation in known if relation.kind == "before"]
    if direction.manner in ("change", "state") or over_time:
        return over_time
    return list(known)


def _nearest(direction: Direction, sentence: Sentence, fitting: list[Relation]) -> list[Relation]:
    """Those that the clause speaks of, by their name or their number; of several the nearest."""
    if len({(relation.sign, relation.gain) for relation in fitting}) < 2:
        return fitting
    start, end = direction.clause
    clause = sentence.bare[start:end]
    named = [relation for relation in fitting if _is_named(relation, clause)]
    distances = [
        (_distance(direction, relation, sentence.backed), relation) for relation in named or fitting
    ]
    least = min(distance for distance, _ in distances)
    return [relation for distance, relation in distances if distance == least]


def _is_named(relation: Relation, clause: str) -> bool:
    words = WORDS.get(relation.stem, re.escape(relation.stem))
    return re.search(rf"\b(?:{words})\b", clause, re.IGNORECASE) is not None


def _distance(direction: Direction, relation: Relation, backed: Sequence[Backed]) -> int:
    starts = [b.numeral.start for b in backed if set(b.facts) & set(relation.facts)]
    return min((abs(start - direction.start) for start in starts), default=10_000)


def _compared(direction: Direction, sentence: Sentence) -> bool | None:
    """Two numbers of the sentence, a number and the value behind it, or two machines."""
    backed = sentence.backed
    after = [b for b in backed if 0 <= b.numeral.start - direction.end < 30]
    is_of_machines = bool(after) and _names_between(direction, after[0], sentence)
    if not after or is_of_machines or direction.manner != "compare":
        return _machines(direction, sentence)
    mark = after[0]
    if not mark.facts:
        return _by_label(direction, mark, sentence.cited)
    before = [b for b in backed if b.numeral.end <= direction.start and _is_alike(b, mark)]
    value = mark.facts[0].value or 0.0
    if before:
        difference = sign((before[-1].facts[0].value or 0.0) - value)
    else:
        difference = sign(value - (mark.numeral.value or 0.0))
    better = polarity(stem(mark.facts[0].key))
    return _sense(direction, difference, None if better is None else better * difference)


def _names_between(direction: Direction, mark: Backed, sentence: Sentence) -> bool:
    """Whether a machine stands between the word and the number: it is what is compared with."""
    return HIDDEN in sentence.bare[direction.end : mark.numeral.start]


def _by_label(direction: Direction, mark: Backed, cited: Sequence[Fact]) -> bool | None:
    """ "more than 30 min" where a label says "30 min or more"; a length of time is no measure."""
    if mark.numeral.unit in _TIMES:
        return not direction.is_negated
    told = " ".join(fact.label for fact in cited)
    if _AT_LEAST.search(told) or _AT_MOST.search(told):
        return _sense(direction, 1 if _AT_LEAST.search(told) else -1, None)
    return None


def _is_alike(one: Backed, other: Backed) -> bool:
    return bool(one.facts) and of_fact(one.facts[0].unit) == of_fact(other.facts[0].unit)


def _machines(direction: Direction, sentence: Sentence) -> bool | None:
    """The machine named before the word against the one named behind it, in the same quantity."""
    for one, other in combinations([fact for fact in sentence.cited if fact.machine_id], 2):
        is_same = one.key == other.key and one.machine_id != other.machine_id
        if is_same and one.value is not None and other.value is not None:
            first, second = sorted((one, other), key=lambda fact: _place(sentence.text, fact))
            difference = sign((first.value or 0.0) - (second.value or 0.0))
            better = polarity(stem(one.key))
            return _sense(direction, difference, None if better is None else better * difference)
    return None


def _place(text: str, fact: Fact) -> int:
    own = (fact.machine_name, fact.machine_id)
    return min((at for at, name in mentions(text, own)), default=len(text))
