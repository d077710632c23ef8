"""How numbers and times read on paper: the pages' rounding, no-break spaces before units, a real
minus sign. None reads as a dash.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from amis.marked import _

UNKNOWN = "–"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
Kind = Literal["ratio", "pieces", "minutes"]


def percent(ratio: float | None) -> str:
    """0.839 → 83.9 %."""
    return UNKNOWN if ratio is None else f"{percent_number(ratio)}{NO_BREAK}%"


def percent_number(ratio: float | None) -> str:
    """0.839 → 83.9, where the unit is said elsewhere."""
    return UNKNOWN if ratio is None else _signed(f"{ratio * 100:.1f}")


def pieces(count: float | None) -> str:
    return UNKNOWN if count is None else _signed(f"{count:,.0f}")


def minutes(amount: float | None) -> str:
    return UNKNOWN if amount is None else f"{pieces(amount)}{NO_BREAK}min"


def one_decimal(value: float | None) -> str:
    return UNKNOWN if value is None else _signed(f"{value:,.1f}")


def number(value: float | None, unit: str = "") -> str:
    """With at most two decimals and its unit: 14.25 min, 0.77."""
    if value is None:
        return UNKNOWN
    short = f"{value:,.2f}".rstrip("0").rstrip(".")
    return _signed(f"{short}{NO_BREAK}{unit}" if unit else short)


def figure(value: float | None, kind: Kind) -> str:
    """The number alone: 83.9 of a ratio, else whole."""
    return percent_number(value) if kind == "ratio" else pieces(value)


def difference(value: float, other: float, kind: Kind) -> str:
    """By how much value is over (+) or under (−) the other, ±0 where that rounds to nothing.

    Of what is shown, so that a reader who subtracts gets the same.
    """
    digits = 1 if kind == "ratio" else 0
    factor = 100 if kind == "ratio" else 1
    gap = round(value * factor, digits) - round(other * factor, digits)
    if round(gap, digits) == 0:
        return f"±{0:.{digits}f}"
    return _signed(f"{gap:+,.{digits}f}")


def quantity(value: float | None, unit: str) -> str:
    """A value as a fact has it: per cent with one decimal, minutes and pieces whole, a currency
    whole, anything else with at most two decimals.
    """
    if value is None:
        return UNKNOWN
    if unit in ("%", "points"):
        return _signed(f"{value:,.1f}{NO_BREAK}{unit}")
    if unit in ("min", "pieces") or (len(unit) == 3 and unit.isupper()):
        return _signed(f"{value:,.0f}{NO_BREAK}{unit}")
    return number(value, unit)


def measured(value: float | None, unit: str) -> str:
    """A forecast's value, whose ratios are 0..1 with the unit %."""
    return quantity(value * 100 if value is not None and unit == "%" else value, unit)


def bare(value: float | None, unit: str) -> str:
    """A forecast's value where the unit is said elsewhere; as many decimals as with it."""
    return measured(value, unit).removesuffix(f"{NO_BREAK}{unit}")


def day(when: date) -> str:
    """Wed 18 Nov."""
    return f"{when:%a} {when.day} {when:%b}"


def long_day(when: date) -> str:
    """Wednesday 18 November 2026."""
    return f"{when:%A} {when.day} {when:%B} {when.year}"


def days(first: date, last: date) -> str:
    """The plant days of a window, both included: 12–18 November 2026."""
    if first == last:
        return long_day(first)
    if first.year != last.year:
        return f"{first.day} {first:%B} {first.year} – {last.day} {last:%B} {last.year}"
    if first.month != last.month:
        return f"{first.day} {first:%B} – {last.day} {last:%B} {last.year}"
    return f"{first.day}–{last.day} {last:%B} {last.year}"


def clock(moment: datetime, zone: str) -> str:
    """HH:MM in plant time."""
    return f"{_local(moment, zone):%H:%M}"


def moment(when: datetime | None, zone: str) -> str:
    """Wed 18 Nov 14:05 in plant time."""
    return UNKNOWN if when is None else f"{day(_local(when, zone))} {clock(when, zone)}"


def span(start: datetime, end: datetime, zone: str) -> str:
    """06:00 Wed – 06:00 Thu, CST (UTC−6); of a window that crosses a change of clocks, both."""
    first, last = _local(start, zone), _local(end, zone)
    zones = list(dict.fromkeys(map(_zone, (first, last))))
    is_long = end - start > timedelta(days=2)
    ends = [f"{one:%H:%M} {day(one) if is_long else format(one, '%a')}" for one in (first, last)]
    return f"{' – '.join(ends)}, {_(' then ').join(zones)}"


def made(when: datetime, zone: str) -> str:
    """Thu 19 Nov 2026 08:00 CST."""
    local = _local(when, zone)
    return f"{day(local)} {local.year} {local:%H:%M %Z}"


def listed(names: list[str]) -> str:
    """a, b and c."""
    return _(" and ").join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))


def cut(text: str, most: int) -> str:
    """Text that has to fit: what is too long ends in an ellipsis, at a word where it can."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    at_word = short.rpartition(" ")[0]
    return f"{at_word if len(at_word) > most * 0.7 else short}…"


def short_name(name: str, most: int) -> str:
    """A name that has to fit keeps its end, where machines of one kind differ: Filling…line 44."""
    tail = most // 2 - 1
    return name if len(name) <= most else f"{name[: most - tail - 1].rstrip()}…{name[-tail:]}"


def _local(when: datetime, zone: str) -> datetime:
    return when.astimezone(ZoneInfo(zone))


def _zone(local: datetime) -> str:
    """CST (UTC−6); of a zone without a name only its distance."""
    offset = local.utcoffset() or timedelta(0)
    total = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(total), 60)
    distance = f"UTC{'+' if total >= 0 else MINUS}{hours}{f':{rest:02d}' if rest else ''}"
    name = f"{local:%Z}"
    is_named = name[:1].isalpha()
    return "UTC" if local.tzinfo is UTC else f"{name} ({distance})" if is_named else distance


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
