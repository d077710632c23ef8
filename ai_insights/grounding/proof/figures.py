"""The numbers of a sentence against the values, labels and windows of its facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.proof.dates import windows
from ai_insights.grounding.proof.names import masked, own_names
from ai_insights.grounding.proof.numeral import Numeral, numerals
from ai_insights.grounding.proof.units import ANY_COUNT, factor, of_fact

_NOUN = re.compile(r"[ \u00a0]([a-z-]{3,}s)\b")
_STOPS = ("failures", "breakdowns", "events", "occurrences", "incidents", "interruptions")
_SLACK = 1e-9
COARSE = 0.05
"""Share by which a length of time in another unit may be off: 742 min are 12 h, 38 min not 1 h."""
_SIGNED_WORDS = re.compile(
    r"differ|change|gap|short|miss|\boff\b|under|below|less|fewer|fell|down|lower|drop|declin|decreas"
    r"|worse|slip|behind|above|beyond|better|improv|faster",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Backed:
    """A number with the facts whose value it is; none where a label or window holds it."""

    numeral: Numeral
    facts: tuple[Fact, ...]


def back(text: str, cited: Sequence[Fact]) -> tuple[list[Backed], list[str]]:
    """Each number with its facts, and a reason for each number that has none.

    `text` has its names, days and times struck out already.
    """
    given = _given(cited)
    backed: list[Backed] = []
    wrong: list[str] = []
    previous: Numeral | None = None
    for numeral in _hours_and_minutes(numerals(text)):
        facts = tuple(fact for fact in cited if _is_value(numeral, fact, text))
        if not facts and not _is_share(numeral, cited) and not _is_given(numeral, given):
            wrong.append(f"“{numeral.text}” is in none of the facts that it cites")
        backed.append(Backed(numeral, facts))
        wrong += _wrong_part(previous, numeral, text)
        wrong += _twice_the_same(backed)
        previous = numeral
    return backed, wrong


def shows(numeral: Numeral, value: float) -> bool:
    """Whether the number is this value at the decimals shown; a tie may go either way."""
    return numeral.value is not None and (
        abs(numeral.value - value) <= 0.5 * 10.0**-numeral.decimals + _SLACK * max(1.0, abs(value))
    )


def _is_value(numeral: Numeral, fact: Fact, text: str) -> bool:
    if fact.value is None or numeral.value is None or numeral.kind != "number":
        return False
    times = factor(said=numeral.unit, of=of_fact(fact.unit))
    if times is None or not _counts_the_same(numeral, fact, text):
        return False
    value = fact.value * times
    if times != 1.0 and abs(numeral.value - abs(value)) > COARSE * abs(value):
        return False
    if numeral.sign:
        return shows(numeral, abs(value)) and (value < 0) == (numeral.sign == "-")
    if value < 0 and not _SIGNED_WORDS.search(text):
        return shows(numeral, value)
    return shows(numeral, abs(value))


def _counts_the_same(numeral: Numeral, fact: Fact, text: str) -> bool:
    """ "2 counters" is no number of stops; "61 failures" may be one."""
    noun = _NOUN.match(text, numeral.end) if numeral.unit == ANY_COUNT else None
    if noun is None or (fact.unit == "stops" and noun[1] in _STOPS):
        return True
    return (
        noun[1].removesuffix("s")[:4] in f"{fact.label} {fact.text} {fact.key} {fact.unit}".lower()
    )


def _is_share(numeral: Numeral, cited: Sequence[Fact]) -> bool:
    """ "half" is a value of 50 %, "twice" one value over another of the same unit."""
    values = [(fact.value, of_fact(fact.unit)) for fact in cited if fact.value is not None]
    if numeral.kind == "share":
        return any(unit == "%" and shows(numeral, value) for value, unit in values)
    if numeral.kind != "ratio" or numeral.value is None:
        return False
    return any(
        abs(one / other - numeral.value) < 0.05
        for one, unit in values
        for other, other_unit in values
        if other and unit == other_unit
    )


def _given(cited: Sequence[Fact]) -> list[tuple[float, str]]:
    """Numbers that labels and windows hold, the days of a window and the machines cited."""
    given: list[tuple[float, str]] = []
    for fact in cited:
        told = masked(f"{fact.label} ; {fact.window}", own_names([fact]))
        given += [(n.value, n.unit) for n in numerals(told) if n.value is not None]
    for stretch in windows(cited):
        given += [(stretch.days, "d"), (stretch.days / 7, "weeks")] if stretch.days > 1 else []
    machines = {fact.machine_id for fact in cited if fact.machine_id}
    return [*given, (len(machines), "machines")] if len(machines) > 1 else given


def _is_given(numeral: Numeral, given: Sequence[tuple[float, str]]) -> bool:
    if numeral.kind != "number" or numeral.sign:
        return False
    return any(value == numeral.value and unit == numeral.unit for value, unit in given)


def _wrong_part(previous: Numeral | None, numeral: Numeral, text: str) -> list[str]:
    """ "363 of the 699 minutes": a part is not more than its whole."""
    if previous is None or previous.value is None or numeral.value is None:
        return []
    joint = text[previous.end : numeral.start].strip().lower()
    is_part = joint in ("of", "of the", "of all", "out of", "out of the", "of its")
    if is_part and previous.unit in ("", numeral.unit) and previous.value > numeral.value:
        return [f"“{previous.text}” cannot be a part of “{numeral.text}”"]
    return []


def _twice_the_same(backed: Sequence[Backed]) -> list[str]:
    """ "from 8 to 74 min", "8 of this and 74 of that": one fact cannot be both numbers."""
    *before, last = backed
    if len(last.facts) != 1 or all(other.facts != last.facts for other in before):
        return []
    return [f"“{last.numeral.text}” says a fact for the second time"]


def _hours_and_minutes(found: Sequence[Numeral]) -> list[Numeral]:
    """ "6 h 3 min" is one length of time."""
    joined: list[Numeral] = []
    for numeral in found:
        before = joined[-1] if joined else None
        if before and _goes_on(before, numeral):
            joined[-1] = _sum(before, numeral)
        else:
            joined.append(numeral)
    return joined


def _goes_on(hours: Numeral, minutes: Numeral) -> bool:
    is_pair = (hours.unit, minutes.unit) == ("h", "min") and not hours.decimals
    return is_pair and 0 < minutes.start - hours.end <= 2


def _sum(hours: Numeral, minutes: Numeral) -> Numeral:
    total = None
    if hours.value is not None and minutes.value is not None:
        total = hours.value * 60 + minutes.value
    return Numeral(
        text=f"{hours.text} {minutes.text}", value=total, decimals=minutes.decimals, unit="min",
        sign=hours.sign, start=hours.start, end=minutes.end,
    )  # fmt: skip
