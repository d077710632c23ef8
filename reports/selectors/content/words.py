"""The analysis of the window as it was written, its facts, and its first three actions."""

from __future__ import annotations

import re

from ai_insights.grounding import plain
from ai_insights.grounding.analysis import Analysis, Claim
from ai_insights.grounding.fact import Fact
from ai_insights.models import Insight
from reports.document.content import Action

MOST_ACTIONS = 3
AMOUNT = re.compile(r"(?:up to )?\d[\d,.]*(?:(?: to |–)\d[\d,.]*)?[\s\u00a0]\w+")
"""What an effect's sentence promises: up to 25 min, 100 to 200 EUR."""


def analysis_of(insight: Insight) -> Analysis:
    return plain.analysis_of(insight.analysis)


def facts_of(insight: Insight) -> tuple[Fact, ...]:
    return tuple(plain.facts_of(insight.facts))


def actions_of(analysis: Analysis) -> tuple[Action, ...]:
    """What to do first, who does it, until when, and what it should bring."""
    return tuple(
        Action(
            what=advice.action.text,
            who=advice.owner,
            until=advice.due,
            expected=_amount(advice.effect) if advice.effect else "",
        )
        for advice in list(analysis.recommendations)[:MOST_ACTIONS]
    )


def _amount(effect: Claim) -> str:
    """The amount alone, where the sentence has one; the whole stands in the analysis."""
    found = AMOUNT.search(effect.text)
    return found[0] if found else effect.text.rstrip(".")
