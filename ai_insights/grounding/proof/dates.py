"""Days and times of day in a sentence: each must be the window of a fact that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.proof.names import HIDDEN

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|nes|rs|ur)?(?:day)?s?\b"
_DAY = r"(?<![:\d])\b(\d{1,2})(?:st|nd|rd|th)?"
_JOIN = r"\s*(?:–|-|to|until|and|through)\s*"
_STRETCH = re.compile(
    rf"{_DAY}(?:\s({_MONTH}))?{_JOIN}(?:{_WEEKDAY},?\s)?{_DAY}\s({_MONTH})(\s20\d\d)?"
)
_SINGLE = re.compile(rf"{_DAY}\s({_MONTH})(\s20\d\d)?")
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\s{_DAY}(?!\d)(,?\s20\d\d)?")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_BOUND = re.compile(
    r"\b(from|since|until|till|to|by|between|and|through|before|after)\s(\w+,?\s)?$"
)

Day = tuple[int, int]
"""Month and day of the month."""
NO_DAY: Day = (0, 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first to the last day, both included, as a text says it."""

    first: Day
    last: Day
    year: str
    start: int
    end: int

    @property
    def days(self) -> int:
        """How many; a stretch over New Year included. 29 February counts."""
        first, last = (date(2000, *day) for day in (self.first, self.last))
        return (last - first).days % 366 + 1


def stretches(text: str) -> list[Stretch]:
    """All days and stretches of days of a text; one that does not exist begins on no day."""
    found: list[Stretch] = []
    for stretch in _read(text):
        if not any(other.start < stretch.end and stretch.start < other.end for other in found):
            found.append(stretch)
    return found


def windows(cited: Sequence[Fact]) -> list[Stretch]:
    found = [stretch for fact in cited for stretch in stretches(f"{fact.window}; {fact.label}")]
    return [stretch for stretch in found if stretch.first != NO_DAY]


def unbacked_times(text: str, cited: Sequence[Fact]) -> tuple[str, list[str]]:
    """The text with its days and times struck out, and those of them that no fact has."""
    backed = windows(cited)
    told = " ".join(f"{fact.window} {fact.label} {fact.text} {fact.url}" for fact in cited)
    wrong = [
        f"“{text[s.start : s.end]}” is the time of no fact that it cites"
        for s in stretches(text)
        if not _is_backed(s, text, backed) or s.year not in told
    ]
    clocks = [match for match in _CLOCK.finditer(text) if match.group() not in told]
    wrong += [f"“{match.group()}” is the time of no fact that it cites" for match in clocks]
    wrong += _wrong_weekdays(text, cited, backed)
    spans = [(s.start, s.end) for s in stretches(text)]
    spans += [match.span() for match in _CLOCK.finditer(text)]
    for start, end in spans:
        text = text[:start] + HIDDEN * (end - start) + text[end:]
    return text, wrong


def _wrong_weekdays(text: str, cited: Sequence[Fact], backed: Sequence[Stretch]) -> list[str]:
    if any(stretch.days > 1 for stretch in backed):
        return []
    told = " ".join(f"{fact.window} {fact.label} {fact.text}" for fact in cited)
    known = set(re.findall(_WEEKDAY, told))
    return [
        f"“{match.group()}” is the day of no fact that it cites"
        for match in re.finditer(_WEEKDAY, text)
        if match.group(1) not in known
    ]


def _is_backed(stretch: Stretch, text: str, backed: Sequence[Stretch]) -> bool:
    if any((stretch.first, stretch.last) == (other.first, other.last) for other in backed):
        return True
    is_bound = _BOUND.search(text[: stretch.start]) is not None
    ends = {day for other in backed for day in (other.first, other.last)}
    return is_bound and stretch.first == stretch.last and stretch.first in ends


def _read(text: str) -> Iterator[Stretch]:
    for match in _STRETCH.finditer(text):
        month = match.group(2) or match.group(5)
        yield from _stretch(match, _day(month, match[1]), _day(match[5], match[4]), match[6])
    for match in _SINGLE.finditer(text):
        yield from _stretch(match, _day(match[2], match[1]), None, match[3])
    for match in _MONTH_FIRST.finditer(text):
        yield from _stretch(match, _day(match[1], match[2]), None, match[3])
    for match in _ISO.finditer(text):
        yield from _stretch(match, (int(match[2]), int(match[3])), None, match[1])


def _day(month: str, day: str) -> Day:
    return _MONTHS.index(month[:3].lower()) + 1, int(day)


def _stretch(
    match: re.Match[str], first: Day, last: Day | None, year: str | None
) -> Iterator[Stretch]:
    last = last or first
    try:
        date(2000, *first), date(2000, *last)
    except ValueError:
        first = last = NO_DAY
    digits = re.sub(r"\D", "", year or "")
    yield Stretch(first, last, digits, match.start(), match.end())
