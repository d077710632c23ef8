"""A stored analysis as the API and the earlier product's readers know it."""

from __future__ import annotations

from typing import Any

from ai_insights.grounding.analysis import Analysis
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.plain import analysis_of, facts_of, spoken
from ai_insights.models import Insight

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
        "ml_analysis": _ml_analysis(facts),
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


def _ml_analysis(facts: Facts) -> dict[str, Any]:
    """What the predictions say, from the facts that the analysis rests on; ratios 0..1."""
    worst = next(iter(facts.all("risk_chance")), None)
    confidence = next(iter(facts.all("risk_confidence")), None)
    return {
        "predicted_downtime_next_shift": _sum(facts.all("risk_expected")),
        "model_confidence_score": None if confidence is None else _of(confidence) / 100,
        "risk_assessment": worst.text.capitalize() if worst else None,
        "anomalies_detected": _value(facts.one("open_anomalies")),
        "forecast_downtime_7_days": _value(facts.one("forecast_total")),
        "missing": [fact.text for fact in facts if fact.key == "missing"],
    }


def _value(fact: Fact | None) -> float | None:
    return None if fact is None else fact.value


def _of(fact: Fact) -> float:
    assert fact.value is not None
    return fact.value


def _sum(facts: list[Fact]) -> float | None:
    return sum(map(_of, facts)) if facts else None
