"""The numbers of a sentence, whether in figures or in words, with the unit that each is said in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ai_insights.grounding.proof.units import ANY_COUNT, BETWEEN, canonical, is_counted

_SPACES = "\u00a0\u202f\u2009"
_FIGURES = re.compile(rf"\d(?:\d|[.,:/\u2019'{_SPACES}](?=\d))*")
_GROUPED = re.compile(rf"\d{{1,3}}(?:[,{_SPACES}]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(rf"[ {_SPACES}-]?([%‰€$£]|°?[^\W\d_][^\s,;:.!?()\u2013]*)")
_SMALL_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen twenty"""
_TENS_WORDS = "thirty forty fifty sixty seventy eighty ninety"
_NUMBERS: dict[str, float] = {word: n for n, word in enumerate(_SMALL_WORDS.split())} | {
    word: 10.0 * n for n, word in enumerate(_TENS_WORDS.split(), start=3)
}
_NUMBERS |= {"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_NUMBERS |= {word + "s": _NUMBERS[word] for word in ("hundred", "thousand", "million")}
SHARES: dict[str, float] = {"half": 50, "third": 33, "thirds": 67, "quarter": 25, "quarters": 75}
RATIOS: dict[str, float] = {
    "twice": 2, "double": 2, "doubled": 2, "twofold": 2, "triple": 3, "tripled": 3, "threefold": 3,
    "halved": 0.5,
}  # fmt: skip
_IN_WORDS = re.compile(rf"\b({'|'.join([*_NUMBERS, *SHARES, *RATIOS])})\b", re.IGNORECASE)
_CLOCK_PARTS = {r"half an hour": 30.0, r"(?:a )?quarter of an hour": 15.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number as it is written: `decimals` of it are shown, `sign` is "", "+" or "-".

    `value` is None where figures cannot be read as one number ("82,5", "3/4"). `kind` tells a
    number from a share ("half") and a ratio ("twice").
    """

    text: str
    value: float | None
    decimals: int
    unit: str
    sign: str
    start: int
    end: int
    kind: str = "number"


def numerals(text: str) -> list[Numeral]:
    """All numbers of a text in their order."""
    found = [*_spoken(text), *(_figure(text, match) for match in _FIGURES.finditer(text))]
    return sorted(found, key=lambda numeral: numeral.start)


def _figure(text: str, match: re.Match[str]) -> Numeral:
    token = match.group()
    before = text[: match.start()]
    signed = re.search(r"(?:^|[\s(])([+\-−])$", before)
    attached = before[-1:].isalpha() or _is_code(text[match.end() :])
    is_number = _GROUPED.fullmatch(token) is not None and not attached
    plain = re.sub(rf"[,{_SPACES}]", "", token)
    money = re.search(rf"([€$£])[{_SPACES} ]?$", before)
    unit, end = (money.group(1), match.end()) if money else _unit_after(text, match.end())
    return Numeral(
        text=text[match.start() : end].strip(),
        value=float(plain) if is_number else None,
        decimals=len(plain.partition(".")[2]),
        unit=(canonical(unit) or "") if unit else "",
        sign=signed.group(1).replace("−", "-") if signed else "",
        start=match.start(),
        end=end,
    )


def _is_code(rest: str) -> bool:
    """Whether letters that are no unit hang on the figures: "12k", "3rd"."""
    word = re.match(r"[^\W\d_]+", rest)
    return word is not None and canonical(word.group()) is None


def _unit_after(text: str, end: int) -> tuple[str, int]:
    """The unit that follows, with its end: directly, or behind a word as in "699 lost minutes"."""
    text = re.sub(r"per cent\b", "percent ", text)
    place = end
    for step in range(3):
        match = _WORD.match(text, place)
        if match is None:
            return "", end
        word, place = match.group(1), match.end()
        unit = canonical(word)
        is_direct = step == 0 or word[0].islower()
        if unit is not None and is_direct:
            return word, place
        if step == 0 and is_counted(word):
            return ANY_COUNT, end
        if word.lower() not in BETWEEN:
            return "", end
    return "", end


def _spoken(text: str) -> Iterator[Numeral]:
    taken: list[tuple[int, int]] = []
    for pattern, minutes in _CLOCK_PARTS.items():
        for match in re.finditer(rf"\b{pattern}\b", text, re.IGNORECASE):
            taken.append(match.span())
            yield _in_words(match, value=minutes, unit="min", end=match.end())
    for match in _IN_WORDS.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            yield from _word_number(text, match)


def _word_number(text: str, match: re.Match[str]) -> Iterator[Numeral]:
    word = match.group().lower()
    unit, end = _unit_after(text, match.end())
    known = canonical(unit) or ""
    if word == "one" and not known:
        return
    if word in SHARES and not _is_share(text, match):
        return
    kind = "share" if word in SHARES else "ratio" if word in RATIOS else "number"
    table = {**_NUMBERS, **SHARES, **RATIOS}
    yield _in_words(match, value=table[word], unit=known, end=end, kind=kind)


def _is_share(text: str, match: re.Match[str]) -> bool:
    """ "third" and "quarter" may be ordinals and times: a share is "a third", "two thirds of"."""
    if match.group().lower() == "half":
        return True
    before = re.search(r"\b(a|one|two|three)[ -]$", text[: match.start()], re.IGNORECASE)
    return before is not None or text[match.end() :].startswith(" of")


def _in_words(
    match: re.Match[str], *, value: float, unit: str, end: int, kind: str = "number"
) -> Numeral:
    return Numeral(
        text=match.group(), value=value, decimals=0, unit=unit, sign="", kind=kind,
        start=match.start(), end=end,
    )  # fmt: skip
