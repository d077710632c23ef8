"""All facts of a window, numbered in the order in which they are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import chain

from ai_insights.grounding.fact import Facts
from ai_insights.selectors.facts.ahead import ahead_facts
from ai_insights.selectors.facts.lost import lost_facts
from ai_insights.selectors.facts.money import money_facts
from ai_insights.selectors.facts.odd import odd_facts
from ai_insights.selectors.facts.output import output_facts
from ai_insights.selectors.facts.results import result_facts
from ai_insights.selectors.facts.risk import risk_facts
from ai_insights.selectors.facts.scene import scene_of
from ai_insights.selectors.facts.standstill import standstill_facts
from ai_insights.selectors.facts.trust import trust_facts
from production.shopfloor.window import Window

TOPICS = (
    result_facts, output_facts, lost_facts, standstill_facts, risk_facts, ahead_facts, odd_facts,
    trust_facts, money_facts,
)  # fmt: skip


def build_facts(window: Window, *, now: datetime) -> Facts:
    """K1, K2, … of the plant whose schema is entered; what comes and what is now are as of `now`.

    The same window, data and `now` give the same facts.
    """
    scene = scene_of(window, now=now)
    found = chain.from_iterable(topic(scene) for topic in TOPICS)
    return Facts([replace(fact, id=f"K{n}") for n, fact in enumerate(found, start=1)])
