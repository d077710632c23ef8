"""The whole analysis by rules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ai_insights.grounding.analysis import Analysis
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.rules.causes import causes
from ai_insights.grounding.rules.outlook import outlook
from ai_insights.grounding.rules.plan import advice, plan, schedule_of
from ai_insights.grounding.rules.quality import quality
from ai_insights.grounding.rules.steps import steps
from ai_insights.grounding.rules.summary import summary
from ai_insights.grounding.rules.unknown import unknown
from ai_insights.grounding.rules.week import week


def write(facts: Facts, *, start: date, idle: Collection[date] = ()) -> Analysis:
    """What a plant should read of its facts; `start` is the first plant day of the plan, and on
    `idle` days nobody works.

    Every sentence holds by the same proof that a language model's must pass.
    """
    days, found = week(facts, start=start, idle=idle), steps(facts)
    schedule = schedule_of(facts, found, days)
    return Analysis(
        sections={
            "executive_summary": summary(facts),
            "root_cause_analysis": causes(facts),
            "risk_assessment": outlook(facts),
            "what_we_do_not_know": unknown(facts),
        },
        recommendations=advice(found, schedule, days),
        plan=plan(schedule),
        quality=quality(facts),
    )
