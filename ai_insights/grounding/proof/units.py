"""Units as sentences write them, brought to one spelling each."""

from __future__ import annotations

import re

ANY_COUNT = "times"
_SPELLINGS = {
    "%": "% percent pct",
    "points": "point points pt pts pp",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "weeks": "week weeks",
    "pieces": "piece pieces pcs part parts unit units item items reject rejects",
    "stops": "stop stops stoppage stoppages",
    "machines": "machine machines",
    "shifts": "shift shifts",
    "anomalies": "anomaly anomalies",
    "gaps": "gap gaps",
    "resets": "reset resets",
    "times": "times occurrences",
    "EUR": "€ eur euro euros",
    "USD": "$ usd dollar dollars",
    "GBP": "£ gbp pound pounds",
}
_PHYSICAL_UNITS = """Wh kWh MWh GWh W kW MW A mA kA V mV kV Hz kHz bar mbar Pa kPa MPa mm cm m km kg
g t l ml rpm Nm dB K ms m/s mm/s m/min"""
_PHYSICAL = _PHYSICAL_UNITS.split()
_CANONICAL = {
    spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()
} | {unit.lower(): unit for unit in _PHYSICAL if len(unit) > 1}
_MEASURES = {"%", "points", "s", "min", "h", "d", "weeks", "EUR", "USD", "GBP", *_PHYSICAL}
_NO_NOUNS = frozenset(["is", "was", "has", "as", "its", "this", "plus", "less", "across", "versus"])
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_BETWEEN_WORDS = """lost good scrap scrapped planned unplanned more fewer less expected unassigned
full defective open whole further other percentage such bad produced"""
BETWEEN = frozenset(_BETWEEN_WORDS.split())
"""Words that may stand between a number and what it counts: "699 lost minutes"."""


def canonical(word: str) -> str | None:
    """The one spelling of a unit; None for a word that is no unit.

    A word with a capital inside, a sign or a stroke that follows a number ("MVA", "°C") is a unit
    that is spelled only one way.
    """
    if word in _PHYSICAL:
        return word
    for spelling in (word.lower(), word.lower().partition("/")[0]):
        if spelling in _CANONICAL:
            return _CANONICAL[spelling]
    is_plain = re.fullmatch(r"\w?[^\W\dA-Z_]+(?:['\u2019-]\w+)*|a|I", word) is not None
    return None if is_plain else word


def of_fact(unit: str) -> str:
    """A fact's unit in its one spelling: "EUR/min" is money, "min a day" minutes."""
    first = re.split(r"[ /](?:a |per )?", unit.strip(), maxsplit=1)[0] if _is_rate(unit) else unit
    return _CANONICAL.get(first.lower(), first)


def factor(*, said: str, of: str) -> float | None:
    """What a fact's value is multiplied by to be in the unit that is said; None: another unit.

    "" is no unit at all: it stands for any, as "82.5 against 85.0 %" or "61 times" do.
    """
    if said == of or not said or not of:
        return 1.0
    if said in _SECONDS and of in _SECONDS:
        return _SECONDS[of] / _SECONDS[said]
    return 1.0 if ANY_COUNT in (said, of) and not {said, of} & _MEASURES else None


def is_counted(word: str) -> bool:
    """Whether a word behind a number can only be what is counted: "2 counters"."""
    is_plural = re.fullmatch(r"[a-z-]{3,}s", word) is not None
    return is_plural and word not in _NO_NOUNS


def _is_rate(unit: str) -> bool:
    """Whether minutes or money are counted by something; a speed ("mm/s") is a unit of its own."""
    first = re.split(r"[ /]", unit.strip(), maxsplit=1)[0]
    return first != unit and (first.lower() in _CANONICAL)
