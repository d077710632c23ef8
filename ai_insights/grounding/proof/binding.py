"""What a number stands beside: its machine, its target, its quantity must be those of its fact."""

from __future__ import annotations

import re

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.proof.figures import Backed
from ai_insights.grounding.proof.names import LEVELS, mentions
from ai_insights.grounding.proof.relation import stem
from ai_insights.grounding.proof.sentence import Sentence

_VERB = r"(?:was|is|were|are|of|at|stood at|stands at|reached|came to|:|=)?"
_TARGET = re.compile(r"\b(?:target|goal)(?:\s+(?:was|is|of)|\s*[:=])?\s*$", re.IGNORECASE)
_QUANTITIES: tuple[tuple[str, str], ...] = (
    ("oee", r"oee"),
    ("availability", r"availability"),
    ("effectiveness|performance", r"performance|effectiveness"),
    ("quality|yield", r"quality(?: ratio| rate)?"),
    ("scrap|defect|reject", r"scrap|defect rate|defects"),
    ("downtime|stop|down", r"downtime"),
    ("chance|prob|risk", r"chance|probability"),
    ("forecast|expected|risk", r"forecast"),
    ("energy|kwh", r"energy"),
)
"""What a fact's key or label must hold where the word stands right before a number."""
_LEVEL = re.compile(
    rf"\b({'|'.join(LEVELS)})[ -]risk\b"
    rf"|\brisk\b[^.;,]{{0,20}}?\b(?:is|was|at|level)?\s({'|'.join(LEVELS)})\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\d\S*(?:[ \u00a0][^\W\d]\S*)?[ \u00a0]or (more|less|fewer)\b"
    r"|\bat (least|most)[ \u00a0][€$£]?\d",
    re.IGNORECASE,
)
_LOWER_END = re.compile(r"≥|or more|at least|low end", re.IGNORECASE)
_UPPER_END = re.compile(r"≤|or less|or fewer|at most|high end", re.IGNORECASE)
_SAME = {"defe": "scrap|defect", "reje": "scrap|defect", "scra": "scrap|defect", "lost": "lost"}
"""By their first letters, nouns that facts call otherwise."""
_NOTHING = re.compile(
    r"\b(?:no|zero|without(?: any)?|not a single)\s(?:\w+\s)?(downtime|stops?|scrap|defects?"
    r"|rejects?|anomal(?:y|ies)|gaps?|loss(?:es)?|lost minutes|changeovers?)\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?<!at )(most|highest|largest|biggest|greatest|least|lowest|smallest|fewest)\b", re.I
)
_FEW = ("least", "lowest", "smallest", "fewest")


def wrong_bindings(sentence: Sentence, every: list[Fact]) -> list[str]:
    """A reason for each number, level or superlative that stands beside what it is not of."""
    wrong = [reason for backed in sentence.backed for reason in _of_number(sentence, backed)]
    wrong += _levels(sentence) + _bounds(sentence) + _nothings(sentence)
    return wrong + _superlatives(sentence, every)


def _of_number(sentence: Sentence, backed: Backed) -> list[str]:
    before = sentence.bare[: backed.numeral.start]
    facts = backed.facts
    if not facts:
        return []
    said = f"“{backed.numeral.text}”"
    if _TARGET.search(before) and not any(_tells(fact, "target") for fact in facts):
        return [f"{said} is not the target"]
    quantity = _quantity_before(before)
    if quantity and not any(_tells(f, quantity[1]) or _is_of_head(f, before) for f in facts):
        return [f"{said} is not the {quantity[0]}"]
    if not _is_of_its_machine(sentence, backed):
        return [f"{said} is of another machine"]
    return []


def _is_of_head(fact: Fact, before: str) -> bool:
    """ "The chance of … downtime is 64 %": the number is of the first noun, not of the last."""
    clause = re.split(r"[.;,]\s", before)[-1]
    return any(
        _tells(fact, told)
        for told, words in _QUANTITIES
        if re.search(rf"\b(?:{words})\s(?:of|for)\b", clause, re.IGNORECASE)
    )


def _quantity_before(before: str) -> tuple[str, str] | None:
    """The quantity whose value the number right behind it says, with what its fact must hold."""
    for told, words in _QUANTITIES:
        match = re.search(rf"\b({words})\s+{_VERB}\s*(?:only |about |just )?$", before, re.I)
        if match:
            return match.group(1), told
    return None


def _tells(fact: Fact, words: str) -> bool:
    return re.search(words, f"{fact.key} {fact.label} {fact.text}", re.IGNORECASE) is not None


def _is_of_its_machine(sentence: Sentence, backed: Backed) -> bool:
    """Among several machines a number is of the one named last before it or next behind it, or it
    stands as manieth number where its machine stands as manieth name.
    """
    named = _named(sentence)
    of = {fact.machine_id for fact in backed.facts}
    machines = {machine for _, machine in named}
    if not machines or "" in of:
        return True
    before = [machine for at, machine in named if at < backed.numeral.start]
    after = [machine for at, machine in named if at > backed.numeral.start]
    return bool(of & {*before[-1:], *after[:1]}) or _is_in_order(sentence, named)


def _is_in_order(sentence: Sentence, named: list[tuple[int, str]]) -> bool:
    """ "Filler 2 lost more than Assembly 1: 363 min against 219 min"."""
    numbers = [b for b in sentence.backed if any(fact.machine_id for fact in b.facts)]
    if len(numbers) != len(named) or numbers[0].numeral.start < named[-1][0]:
        return False
    pairs = zip(numbers, named, strict=True)
    return all(machine in {fact.machine_id for fact in b.facts} for b, (_, machine) in pairs)


def _named(sentence: Sentence) -> list[tuple[int, str]]:
    """Where the machines of the cited facts are named, with their ids."""
    of = {name: fact.machine_id for fact in sentence.cited if fact.machine_id
          for name in (fact.machine_name, fact.machine_id)}  # fmt: skip
    return [(at, of[name]) for at, name in mentions(sentence.text, of)]


def _levels(sentence: Sentence) -> list[str]:
    known = {fact.text.lower() for fact in sentence.cited if fact.text.lower() in LEVELS}
    said = [(match[1] or match[2]).lower() for match in _LEVEL.finditer(sentence.bare)]
    return [f"no fact that it cites shows “{level}” risk" for level in said if level not in known]


def _bounds(sentence: Sentence) -> list[str]:
    """ "30 min or more", "at most 46 USD": the label of the number's fact must say so."""
    wrong = []
    for match in _BOUND.finditer(sentence.bare):
        own = [b.facts for b in sentence.backed if match.start() <= b.numeral.start < match.end()]
        facts = next((found for found in own if found), sentence.cited)
        is_lower = (match[1] or match[2]).lower() in ("more", "least")
        told = " ".join(fact.label for fact in facts)
        if not (_LOWER_END if is_lower else _UPPER_END).search(told):
            wrong.append(f"no fact that it cites says “{match.group()}”")
    return wrong


def _nothings(sentence: Sentence) -> list[str]:
    """ "No scrap" needs a fact of scrap that is nothing."""
    nought = [f for f in sentence.cited if f.value is not None and abs(f.value) < 0.5]
    return [
        f"its facts say otherwise than “{match.group()}”"
        for match in _NOTHING.finditer(sentence.bare)
        if not any(_tells(fact, _SAME.get(match[1][:4].lower(), match[1][:4])) for fact in nought)
    ]


def _superlatives(sentence: Sentence, every: list[Fact]) -> list[str]:
    """ "Filler 2 lost most": no other machine has more of what is cited."""
    match = _MOST.search(sentence.bare)
    machines = {machine for _, machine in _named(sentence)}
    if match is None or len(machines) != 1:
        return []
    few = match.group().lower() in _FEW
    mine = [f for f in sentence.cited if f.machine_id in machines and f.value is not None]
    if any(_is_extreme(fact, every, least=few) for fact in mine) or not mine:
        return []
    return [f"its facts do not show “{match.group()}”"]


def _is_extreme(fact: Fact, every: list[Fact], *, least: bool) -> bool:
    same = [f.value for f in every if f.key == fact.key and f.machine_id and f.value is not None]
    value = fact.value or 0.0
    return value <= min(same) if least else value >= max(same)


def says_of(sentence: Sentence) -> bool:
    """Whether the sentence speaks of its facts at all: a number, a name or a word of them."""
    if sentence.backed or _named(sentence):
        return True
    said = {word[:4] for word in re.findall(r"[^\W\d_]{3,}", sentence.text.lower())}
    told = " ".join(
        f"{f.label} {f.text} {f.key.replace('_', ' ')} {_KIN.get(stem(f.key), '')}"
        for f in sentence.cited
    )
    return bool(said & {word[:4] for word in re.findall(r"[^\W\d_]{3,}", told.lower())})


_KIN = {
    "downtime": "stop failure maintenance inspect repair", "stop_reason": "downtime failure repair",
    "lost": "loss losses time", "scrap": "defect quality rejects", "defect_rate": "scrap quality",
    "risk_chance": "shift downtime failure stop", "forecast": "downtime days",
}  # fmt: skip
