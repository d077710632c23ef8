"""Facts and analyses as plain values that JSON can hold, and the strings that the API serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ai_insights.grounding.analysis import SECTIONS, Advice, Analysis, Claim, PlanItem
from ai_insights.grounding.fact import Fact, Facts

PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An analysis in strings. Every sentence of them is one row of `citations`, word for word."""

    full_analysis: str
    sections: dict[str, str]
    maintenance_plan: str
    quality_insights: str
    citations: list[dict[str, Any]]


def plain_facts(facts: Facts) -> list[dict[str, Any]]:
    return [asdict(fact) for fact in facts]


def facts_of(rows: Iterable[Mapping[str, Any]]) -> Facts:
    """The facts of their plain form."""
    return Facts(tuple(Fact(**row) for row in rows))


def plain_analysis(analysis: Analysis) -> dict[str, Any]:
    """An analysis as dicts, lists and strings; a day is YYYY-MM-DD."""
    return {
        "sections": {
            name: [_plain_claim(claim) for claim in claims]
            for name, claims in analysis.sections.items()
        },
        "recommendations": [_plain_step(advice) for advice in analysis.recommendations],
        "plan": [_plain_step(item) for item in analysis.plan],
        "quality": [_plain_claim(claim) for claim in analysis.quality],
    }


def analysis_of(plain: Mapping[str, Any]) -> Analysis:
    """The analysis of its plain form."""
    return Analysis(
        sections={
            name: _claims(plain["sections"][name]) for name in SECTIONS if name in plain["sections"]
        },
        recommendations=tuple(_advice(row) for row in plain["recommendations"]),
        plan=tuple(_item(row) for row in plain["plan"]),
        quality=_claims(plain["quality"]),
    )


def spoken(analysis: Analysis) -> Spoken:
    """The strings of an analysis: sentences without headings, a blank line between paragraphs."""
    told = {name: _text(claims) for name, claims in analysis.sections.items()}
    steps = [_text(_parts(advice)) for advice in analysis.recommendations]
    recommendations = PARAGRAPH.join(steps)
    summary, causes, risk, unknown = (told.get(name, "") for name in SECTIONS)
    whole = (summary, causes, recommendations, risk, unknown)
    return Spoken(
        full_analysis=PARAGRAPH.join(part for part in whole if part),
        sections={
            "executive_summary": summary,
            "root_cause_analysis": causes,
            "recommendations": recommendations,
            "risk_assessment": risk,
        },
        maintenance_plan="\n".join(_text((item.action, item.because)) for item in analysis.plan),
        quality_insights=_text(analysis.quality),
        citations=[
            {"section": section, "text": claim.text, "fact_ids": list(claim.fact_ids)}
            for section, claim in analysis.claims()
        ],
    )


def _text(claims: Sequence[Claim]) -> str:
    return " ".join(claim.text for claim in claims)


def _parts(advice: Advice) -> list[Claim]:
    return [claim for claim in (advice.action, advice.because, advice.effect) if claim]


def _plain_claim(claim: Claim) -> dict[str, Any]:
    return {"text": claim.text, "fact_ids": list(claim.fact_ids)}


def _plain_step(step: Advice | PlanItem) -> dict[str, Any]:
    return {name: _plain_value(getattr(step, name)) for name in step.__dataclass_fields__}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Claim):
        return _plain_claim(value)
    return value.isoformat() if isinstance(value, date) else value


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(row["text"], tuple(row["fact_ids"]))


def _claims(rows: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    return tuple(_claim(row) for row in rows)


def _advice(row: Mapping[str, Any]) -> Advice:
    known = {**row, "action": _claim(row["action"]), "because": _claim(row["because"])}
    known["effect"] = _claim(row["effect"]) if row["effect"] else None
    known["due"] = date.fromisoformat(row["due"]) if row["due"] else None
    return Advice(**known)


def _item(row: Mapping[str, Any]) -> PlanItem:
    known = {name: row[name] for name in PlanItem.__dataclass_fields__}
    known |= {"action": _claim(row["action"]), "because": _claim(row["because"])}
    return PlanItem(**{**known, "date": date.fromisoformat(row["date"])})
