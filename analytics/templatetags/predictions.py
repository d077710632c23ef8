"""How predicted numbers read, and the unrounded number beside what is read."""

from __future__ import annotations

from typing import Any

from django import template

from analytics.figures import names
from analytics.figures.factors import signed
from analytics.figures.frame import per_cent
from analytics.templatetags.figures import (
    NO_BREAK,
    UNKNOWN,
    number,
    percent,
    percent_number,
    pieces,
)

register = template.Library()

WHOLE = ("min", "pieces")
"""Units that are read without decimals."""


@register.filter
def raw(value: Any) -> str:
    """The API's number as JSON writes it; nothing where it is null."""
    if value is None or value == "":
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)


@register.filter
def amount(value: float | None, unit: str) -> str:
    """A value in its unit, which is said elsewhere; ratios carry their %."""
    if value is None or value == "":
        return UNKNOWN
    if unit == "%":
        return percent(value)
    return pieces(value) if unit in WHOLE else number(float(value))


@register.filter
def with_unit(value: float | None, unit: str) -> str:
    """1,284 min, 2.3 %."""
    read = amount(value, unit)
    return read if unit in ("%", "") or read == UNKNOWN else f"{read}{NO_BREAK}{unit}"


@register.filter
def moved(minutes: float) -> str:
    """A factor's signed minutes."""
    return f"{signed(minutes)}{NO_BREAK}min"


@register.filter
def change(value: float | None) -> str:
    """A relative change in whole per cent: −23 %."""
    if value is None:
        return UNKNOWN
    return f"{signed(value * 100)}{NO_BREAK}%"


@register.filter
def error(value: float | None, unit: str) -> str:
    """An error in the metric's unit; a ratio's in percentage points."""
    if value is None or value == "":
        return UNKNOWN
    return f"{value * 100:.2f}" if unit == "%" else number(float(value))


@register.filter
def share(value: float | None) -> str:
    """A share in whole per cent whose unit is said elsewhere."""
    return UNKNOWN if value is None else f"{value * 100:.0f}"


@register.filter
def brief(value: float) -> str:
    """A set share, without decimals that it does not have: 5 %."""
    return f"{per_cent(value)}{NO_BREAK}%"


@register.filter
def spoken(name: str) -> str:
    """A model's or a feature's stored name in words."""
    return names.spoken(name)


@register.filter
def two_places(value: float | None) -> str:
    """An error of a version, whatever its unit."""
    return UNKNOWN if value is None else f"{value:,.2f}"


@register.simple_tag
def from_to(low: float | None, high: float | None, unit: str) -> str:
    """A range in its unit: 78.1–86.2 %, 164–274."""
    first = percent_number(low) if unit == "%" else amount(low, unit)
    return f"{first}–{amount(high, unit)}"
