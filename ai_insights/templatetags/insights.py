"""How a fact's value reads."""

from __future__ import annotations

from django import template

from ai_insights.grounding.fact import MINUTES, PIECES, Fact
from analytics.templatetags.figures import MINUS, NO_BREAK, UNKNOWN

register = template.Library()
WHOLE = (MINUTES, PIECES, "stops", "")


@register.filter
def fact_value(fact: Fact) -> str:
    """82.5 %, 1,284 min; a fact that is words alone has none."""
    if fact.value is None:
        return "" if fact.key == "missing" else UNKNOWN
    decimals = 0 if fact.unit in WHOLE else 1
    number = f"{fact.value:,.{decimals}f}".replace("-", MINUS)
    return f"{number}{NO_BREAK}{fact.unit}" if fact.unit else number
