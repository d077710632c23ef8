"""How a fact's value reads."""

from __future__ import annotations

from django import template

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.rules.phrase import figure
from analytics.templatetags.figures import UNKNOWN

register = template.Library()


@register.filter
def fact_value(fact: Fact) -> str:
    """82.5 %, 1,284 min, as sentences have it; a fact that is words alone has none."""
    if fact.value is None:
        return "" if fact.key == "missing" else UNKNOWN
    return figure(fact)
