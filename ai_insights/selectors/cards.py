"""A stored analysis as the API and the earlier product's readers know it."""

from __future__ import annotations

from typing import Any

from ai_insights.grounding.analysis import Analysis
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.plain import analysis_of, facts_of, spoken
from ai_insights.models import Insight
from analytics.selectors.said import said_last

FACT = ("id", "label", "value", "unit", "window", "url")


def insight_card(insight: Insight) -> dict[str, Any]:
    facts, analysis = facts_of(insight.facts), analysis_of(insight.analysis)
    said = spoken(analysis)
    return {
        "strategic_insights": {"full_analysis": said.full_analysis, "sections": said.sections},
        "maintenance_plan": said.maintenance_plan,
        "maintenance_plan_items": _plan_items(analysis),
        "quality_insights": said.quality_insights,
        "quality_items": [
            {"text": one.text, "fact_ids": list(one.fact_ids)} for one in analysis.quality
        ],
        "ml_analysis": _ml_analysis(insight, facts),
        "source": insight.source,
        "verified": True,
        "facts": [{name: getattr(fact, name) for name in FACT} for fact in facts],
        "citations": said.citations,
        "generated_at": insight.generated_at,
    }


def plan_card(insight: Insight) -> dict[str, Any]:
    analysis = analysis_of(insight.analysis)
    return {
        "maintenance_plan": spoken(analysis).maintenance_plan,
        "maintenance_plan_items": _plan_items(analysis),
        "source": insight.source,
        "generated_at": insight.generated_at,
    }


def _plan_items(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "date": item.date,
            "machine_id": item.machine_id,
            "action": item.action.text,
            "priority": item.priority,
            "because": item.because.text,
        }
        for item in analysis.plan
    ]


def _ml_analysis(insight: Insight, facts: Facts) -> dict[str, Any]:
    """What the predictions said of the plant when the analysis was written; ratios 0..1."""
    said = said_last(insight.generated_at)
    plant = said.plant if said else None
    return {
        "predicted_downtime_next_shift": plant.median_min if plant else None,
        "model_confidence_score": plant.confidence if plant else None,
        "risk_assessment": plant.risk.capitalize() if plant else None,
        "anomalies_detected": _value(facts.one("open_anomalies")),
        "forecast_downtime_7_days": _value(facts.one("forecast_total")),
        "missing": [fact.text for fact in facts if fact.key == "missing"],
    }


def _value(fact: Fact | None) -> float | None:
    return None if fact is None else fact.value
