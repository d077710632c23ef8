"""Words of direction, and where they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Sense = Literal["up", "down", "better", "worse", "reached"]
Manner = Literal["change", "compare", "target", "state"]

_BY = r"(?=\s+(?:by|from|on|against|versus|vs|again|compared|[+−-]?\d|\x00)|\s*[.,;)]|\s*$)"
_NOT_UP = (
    r"(?<!set )(?<!start )(?<!follow )(?<!back )" r"(?<!clean )(?<!speed )(?<!made )(?<!broke )"
)
_TO_MARK = (
    r"(?=\s+(?:the\s|its\s|their\s|a\s|that\s)?(?:own\s)?(?:target|goal|plan|limit|[+−-]?[\d€$£]))"
)
_YET = r"(?:still\s|now\s|currently\s|again\s)?"
_AMOUNT = r"\s+(?:by|from|on|against|compared|[+−-]?\d)"
_FORETOLD = r"(?:(?:expected|forecast|forecasted|predicted|projected|likely) to|will)"
_COUNT = r"\s+\d[\d,]*\s+(?:stop|time|day|week|month|hour|shift|machine)"
_THEN = r"(?=\s+(?:at\s+(?:\d\d?:|\x00)|since\b)|\s*[.,;]|\s*$)"
_NOUN = r"\b(?:an?|the|this)\s+(?:\w+\s)?"
_OF = r"(?=\s+(?:of|in|from|by|on|against|to)\b)"
_AFTER_NOT = r"(?<=n[o\u2019']t )"
_WORDS: tuple[tuple[Sense, Manner, str], ...] = (
    ("up", "change", r"\b(?:rose|risen|rises|rising|increase[sd]|increasing"
                     r"|grew|grown|grows|growing|climb(?:ed|s|ing)|jumped|surged|soared|went up"
                     r"|(?:was|were|been) raised)\b"),
    ("up", "change", rf"{_NOT_UP}\bup\b{_BY}"),
    ("up", "change", rf"{_NOUN}(?:increase|rise|gain|jump|surge)\b{_OF}"),
    ("down", "change", r"\b(?:fell|fallen|falls|falling|decrease[sd]|decreasing|declin(?:ed|es|ing)"
                       r"|drop(?:ped|s|ping)|slipp?(?:ed|s|ing)|shrank|sank|plunged|went down"
                       r"|(?:was|were|been) reduced)\b"),
    ("down", "change", rf"{_NOT_UP}(?<!shut )\bdown\b{_BY}"),
    ("down", "change", rf"{_NOUN}(?:decrease|drop|fall|decline|reduction)\b{_OF}"),
    ("up", "change", rf"{_AFTER_NOT}(?:rise|increase|grow|climb|go up)\b"),
    ("down", "change", rf"{_AFTER_NOT}(?:fall|decrease|decline|drop|slip|go down)\b"),
    ("better", "change", rf"{_AFTER_NOT}(?:improve|recover)\b"),
    ("worse", "change", rf"{_AFTER_NOT}worsen\b"),
    ("reached", "target", rf"{_AFTER_NOT}(?:reach|meet|hit|achieve|beat)\b"),
    ("worse", "target", rf"{_AFTER_NOT}miss\b"),
    ("better", "change", r"\b(?:improve[sd]|improving|recovered|better)\b"),
    ("better", "change", rf"{_NOUN}improvement\b{_OF}"),
    ("worse", "change", r"\b(?:worsen(?:ed|s|ing)|worse|deteriorat(?:ed|es|ing))\b"),
    ("up", "compare", r"\b(?:(?<!named )(?<!see )above(?! all)|higher(?! end| bound)|greater"
                      r"|exceed(?:s|ed|ing)?|ahead of|(?<!no )more than|larger than)\b"),
    ("down", "compare", r"\b(?:(?<!see )below|beneath|lower(?! end| bound)|less than|fewer than"
                        r"|smaller than|short of|behind)\b"),
    ("up", "compare", rf"(?<!changed )(?<!took )\bover\b(?!{_COUNT}){_TO_MARK}"),
    ("down", "compare", rf"\bunder\b(?:{_TO_MARK}|(?=\s\x00))"),
    ("up", "compare", r"(?<=\w )(?<!or )(?<!once )\bmore\b(?=\s*[.,;)]|\s*$)"),
    ("down", "compare", r"(?<=\w )(?<!or )\b(?:less|fewer)\b(?=\s*[.,;)]|\s*$)"),
    ("reached", "target", r"\b(?:reach(?:ed|es)|met|meets|hits?|achiev(?:ed|es)"
                          r"|beat|beats|on target|within (?:the |its )?target)\b"),
    ("worse", "target", r"\b(?:miss(?:ed|es|ing)|fails?|failed|f(?:e|a)lls? short|fallen short)\b"),
    ("down", "state", rf"\b(?:is|are|was|were|been|stands|still|now)\s+{_YET}down\b(?!{_AMOUNT})"),
    ("up", "state", rf"\b(?:is|are|been|now)\s+{_YET}(?:up\b(?! to)(?!{_AMOUNT})"
                    r"|up and running|running)\b"),
    ("up", "state", rf"\b(?:was|were)\s+(?:up and running\b|(?:up|running)\b{_THEN})"),
    ("up", "change", rf"\b{_FORETOLD} (?:rise|increase|grow|climb|go up)\b"),
    ("down", "change", rf"\b{_FORETOLD} (?:fall|decrease|decline|drop|shrink|go down)\b"),
    ("better", "change", rf"\b{_FORETOLD} (?:improve|recover)\b"),
    ("worse", "change", rf"\b{_FORETOLD} (?:worsen|deteriorate)\b"),
)  # fmt: skip
_PATTERNS = [(sense, manner, re.compile(words, re.IGNORECASE)) for sense, manner, words in _WORDS]
_MARK = re.compile(r"\b(?:target|goal|plan|limit)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"(?:\b(?:not|never|no longer|neither|nor|hardly)|n['\u2019]t)\s+(?:\w+\s+){0,2}$", re.I
)
_WISH = re.compile(
    r"\b(?:should|could|may|might|would|can|must|will|to|if)\s+(?:\w+\s+){0,2}$", re.I
)
_BREAK = re.compile(r"[;:]|,\s|\s(?:and|but|while|whereas|although|though|yet|as|because)\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A word of direction; `clause` is where its part of the sentence begins and ends."""

    word: str
    sense: Sense
    manner: Manner
    is_negated: bool
    start: int
    end: int
    clause: tuple[int, int]


def directions(text: str) -> list[Direction]:
    """The words of direction that state something; wishes ("should fall") and names are none."""
    found: list[Direction] = []
    for direction in sorted(_read(text), key=lambda d: (d.start, d.start - d.end)):
        if not found or direction.start >= found[-1].end:
            found.append(direction)
    return found


def has_mark(text: str) -> bool:
    """Whether a target is spoken of."""
    return _MARK.search(text) is not None


def _read(text: str) -> Iterator[Direction]:
    for sense, manner, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            before = text[: match.start()]
            is_meant = manner != "target" or has_mark(text)
            if not is_meant or _is_wish(before, manner):
                continue
            yield Direction(
                word=match.group().strip(), sense=sense, manner=manner,
                is_negated=_NEGATION.search(before) is not None,
                start=match.start(), end=match.end(), clause=_clause(text, match.start()),
            )  # fmt: skip


def _is_wish(before: str, manner: Manner) -> bool:
    return manner != "state" and _WISH.search(before) is not None


def _clause(text: str, place: int) -> tuple[int, int]:
    breaks = [match.start() for match in _BREAK.finditer(text)]
    start = max((at for at in breaks if at <= place), default=0)
    end = min((at for at in breaks if at > place), default=len(text))
    return start, end
