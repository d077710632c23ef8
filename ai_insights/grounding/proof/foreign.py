"""What has no place in a sentence: addresses, markup, and words that a name tries to dictate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ai_insights.grounding.proof.names import HIDDEN, masked

_SHAPES = (
    (re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|javascript|data):\S", re.I), "a link"),
    (re.compile(r"\S+@\S+"), "an e-mail address"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "an address"),
    (
        re.compile(
            r"\b[\w-]{2,}\.(?:com|net|org|info|biz|io|ai|co|de|fr|uk|eu|us|ru|cn|app|dev|xyz|local"
            r"|example|test|invalid)\b(?:/\S*)?",
            re.I,
        ),
        "an address",
    ),
    (
        re.compile(r"[<>`]|\]\s*\(|\*\*|__|\{\{|\}\}|\{%|&#?\w+;|!\[|^\s*(?:#|[-*]\s)", re.M),
        "markup",
    ),
    (re.compile(r"\\[a-z]|\$\{|\$\("), "markup"),
)
_UNSEEN = ("Cc", "Cf", "Co", "Cn")
_ORDERS = re.compile(
    r"\b(ignore|disregard|forget|overrid\w*|instruct\w*|prompt|system|assistant|pretend|reveal"
    r"|respond|reply|answer|output|print|say|tell|write|send|claim|repeat|state that|report that"
    r"|you are|you must|act as|jailbreak|admin|password|token|api key|shut down|switch off)\b",
    re.IGNORECASE,
)
_EVERYDAY_WORDS = """and anomaly arrived availability back because before below above between chance
change changeover changeovers check clean cleaning combined cost costs could counted data days
defects down downtime during each effect entered every expected fell first forecast from gaps good
have hold hours infeed inspect into last less line longest lost machine machines made maintenance
many material minute minutes missed more most much next nothing only over performance pieces plan
planned plant points previous quality range reason reasons reached risk rose running scrap setting
settings shift shifts should since spent still stood stop stops take target than that them then
these this those time times took under unknown very week were what when where which while will
with without would year"""
_EVERYDAY = frozenset(_EVERYDAY_WORDS.split())


def foreign_parts(text: str, own: Iterable[str]) -> list[str]:
    """Links, addresses and markup of a sentence; the names that its own facts carry are data."""
    rest = masked(text, own)
    found = [f"it holds {what}" for shape, what in _SHAPES if shape.search(rest)]
    if any(unicodedata.category(sign) in _UNSEEN for sign in rest.replace(HIDDEN, "")):
        found.append("it holds signs that cannot be seen")
    return list(dict.fromkeys(found))


def dictated_words(text: str, own: Iterable[str], all_names: Iterable[str]) -> list[str]:
    """Words that stand in a name which reads like an order, outside the name itself.

    A name may hold any text. Quoted in full it is data; a sentence that uses a part of it as words
    of its own may be doing what the name asks for.
    """
    rest = masked(text, own).lower()
    said = set(re.findall(r"[^\W\d_]{4,}", rest))
    found: list[str] = []
    for name in all_names:
        if is_order(name):
            found += [word for word in _telling(name) if word in said]
    return [f"“{word}” is dictated by a name" for word in dict.fromkeys(found)]


def is_order(name: str) -> bool:
    """Whether a name reads like an order to whoever writes."""
    return len(name.split()) > 2 and _ORDERS.search(name) is not None


def _telling(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]{4,}", name.lower())
    return [word for word in words if word not in _EVERYDAY]
