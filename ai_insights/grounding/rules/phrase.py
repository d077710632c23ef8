"""How a fact reads inside a sentence: the rounding of the pages, units, one and many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import MINUTES, PERCENT, PIECES, POINTS, Fact, Facts
from amis.marked import _

NO_BREAK, MINUS = "\u00a0", "\u2212"
SPAN = " – "
DOWN_LONG_MIN = 10
LONGEST_NAME = 40
_PER_CENT = re.compile(r"\d\s*(?:%|per ?cent)", re.IGNORECASE)
_DECIMALS = {PERCENT: 1, POINTS: 1}
_WHOLE = {MINUTES, PIECES, "stops", "gaps", "anomalies", "machines", "resets"}
_ONE = {
    PIECES: _("piece"), "stops": _("stop"), "gaps": _("gap"), "anomalies": _("anomaly"),
    "machines": _("machine"), "resets": _("reset"),
}  # fmt: skip


def figure(fact: Fact) -> str:
    """The value as it is printed, with its unit: "82.5 %", "1,284 min", "1 stop"."""
    number = bare(fact)
    unit = _ONE.get(fact.unit, fact.unit) if number == "1" else fact.unit
    return f"{number}{NO_BREAK}{unit}" if unit else number


def size(fact: Fact) -> str:
    """The value without its sign, where words say the direction."""
    return figure(fact).removeprefix(MINUS)


def bare(fact: Fact) -> str:
    """The number alone; a small amount of money keeps its cents."""
    if fact.value is None:
        raise ValueError(f"{fact.id} has no value to print")
    is_whole = fact.unit in _WHOLE or abs(fact.value) >= 100 or fact.value == int(fact.value)
    decimals = _DECIMALS.get(fact.unit, 0 if is_whole else 2)
    text = f"{fact.value:,.{decimals}f}"
    return text.removeprefix("-") if _is_nought(text) else text.replace("-", MINUS)


def printed(fact: Fact) -> float:
    """The value as a reader sees it: what is compared in words must not differ from the page."""
    return round(fact.value or 0.0, _DECIMALS.get(fact.unit, 0))


def say(text: str, /, **parts: Fact | str | Sequence[Fact]) -> Claim:
    """A sentence. `{name}` is the value of a fact or a text; every fact of it is cited, and so are
    those of a sequence, which says nothing itself.

    A value stands without its sign: the words around it tell the direction.
    """
    told: dict[str, str] = {}
    cited: list[Fact] = []
    for name, part in parts.items():
        if isinstance(part, Fact):
            told[name] = size(part)
        elif isinstance(part, str):
            told[name] = part
        cited += _cited(part)
    return Claim(text.format(**told), tuple(dict.fromkeys(fact.id for fact in cited)))


def _cited(part: Fact | str | Sequence[Fact]) -> list[Fact]:
    if isinstance(part, Fact):
        return [part]
    return [] if isinstance(part, str) else list(part)


def time_of(fact: Fact) -> str:
    """ "in 12–18 Nov", "on Wed 18 Nov", "from Wed 18 Nov 06:00 to …"; "since 1 Jul" as it is."""
    first = fact.window.split(" ")[0]
    if first in ("since", "now", "from", "next", "in", "on", "at"):
        return fact.window
    if ":" in fact.window and SPAN in fact.window:
        start, _dash, end = fact.window.partition(SPAN)
        return _("from {start} to {end}").format(start=start, end=end)
    words = _("in {days}") if "–" in fact.window else _("on {days}")
    return words.format(days=fact.window)


def called(fact: Fact) -> str:
    """The machine's name; its id where the name is so long, or so like a figure, that it would
    read as a sentence of ours.
    """
    name = fact.machine_name
    is_plain = len(name) <= LONGEST_NAME and not _PER_CENT.search(name)
    return name if is_plain else fact.machine_id


def quoted(text: str) -> str:
    """A name or reason that somebody typed: data, marked as such."""
    return f"“{text}”"


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{parts} and {last}").format(parts=", ".join(parts[:-1]), last=parts[-1])


def is_wordy(text: str) -> bool:
    """Whether a text can be quoted: its numbers would have no fact of their own."""
    return bool(text.strip()) and not any(sign.isdigit() for sign in text)


def down_long(facts: Facts) -> list[Fact]:
    """The machines that stood, and had for a while: a text is read all day, and a stop of
    a few minutes is over before anybody has read of it.
    """
    return [fact for fact in facts.all("down_now") if printed(fact) >= DOWN_LONG_MIN]


def given(facts: Facts, key: str) -> Fact | None:
    """The plant's fact of a key, whether it has a value or not."""
    return next((fact for fact in facts if fact.key == key and not fact.machine_id), None)


def of_machines(facts: Facts, key: str) -> list[Fact]:
    """The facts of a key that belong to machines and have a value, in their order."""
    return [fact for fact in facts.all(key) if fact.machine_id]


def present(claims: Iterable[Claim | None]) -> tuple[Claim, ...]:
    """The sentences that there are, none twice."""
    return tuple(dict.fromkeys(claim for claim in claims if claim is not None))


def _is_nought(text: str) -> bool:
    return not any(sign in "123456789" for sign in text)
