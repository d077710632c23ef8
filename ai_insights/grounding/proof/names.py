"""Machines and reasons in a sentence: each that is named must belong to a fact that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from ai_insights.grounding.fact import Fact, Facts

HIDDEN = "\x00"
REASON_KEYS = ("stop_reason", "longest_stop", "down_now")
LEVELS = ("critical", "high", "medium", "low")


def masked(text: str, phrases: Iterable[str]) -> str:
    """The text with every literal occurrence of the phrases struck out, at the same length."""
    for phrase in sorted({p for p in phrases if p.strip()}, key=len, reverse=True):
        text = _pattern(phrase).sub(lambda match: HIDDEN * len(match.group()), text)
    return text


def mentions(text: str, phrases: Iterable[str]) -> list[tuple[int, str]]:
    """Where each phrase stands in a text as whole words; none inside a longer one."""
    found: list[tuple[int, str]] = []
    for phrase in sorted({p for p in phrases if p.strip()}, key=len, reverse=True):
        found += [(match.start(), phrase) for match in _pattern(phrase).finditer(text)]
        text = masked(text, [phrase])
    return sorted(found)


def own_names(cited: Sequence[Fact]) -> set[str]:
    """Names and ids of machines, and reasons, that the facts themselves carry."""
    names = {name for fact in cited for name in (fact.machine_id, fact.machine_name)}
    return names | {fact.text for fact in cited if fact.text and fact.text.lower() not in LEVELS}


def strangers(
    text: str, cited: Sequence[Fact], facts: Facts, names: Mapping[str, str]
) -> list[str]:
    """Machines and reasons that the sentence names and no fact of it knows."""
    own = own_names(cited)
    rest = masked(text, own | {fact.label for fact in cited})
    machines = {name for pair in names.items() for name in pair}
    machines |= {name for fact in facts for name in (fact.machine_id, fact.machine_name)}
    reasons = {f.text for f in facts if f.key in REASON_KEYS and _is_telling(f.text)}
    known = {word.lower() for word in own}
    return [
        f"“{name}” is in none of the facts that it cites"
        for name in sorted(machines | reasons)
        if name.lower() not in known and mentions(rest, [name])
    ]


def _is_telling(reason: str) -> bool:
    """Whether a reason cannot be mistaken for an everyday word: it has two words or more."""
    return len(reason.split()) > 1


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Whole words. Short words without a figure count only as they are spelled."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    head = r"(?<!\w)" if phrase.strip()[:1].isalnum() else ""
    tail = r"(?!\w)" if phrase.strip()[-1:].isalnum() else ""
    is_short = len(phrase) <= 3 and phrase.isalpha()
    return re.compile(head + words + tail, 0 if is_short else re.IGNORECASE)
