"""The shapes of the answers about insights, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from tenants.api.wire import moment, number, page, shape, text


def _ids() -> serializers.ListField:
    return serializers.ListField(child=text())


PRIORITIES = ["high", "medium", "low"]
FactOut = shape(
    "Fact",
    id=text(),
    label=text(),
    value=number(),
    unit=serializers.CharField(allow_blank=True),
    window=serializers.CharField(allow_blank=True),
    url=serializers.CharField(allow_blank=True),
)
CitationOut = shape("Citation", section=text(), text=text(), fact_ids=_ids())
PlanItemOut = shape(
    "MaintenancePlanItem",
    date=serializers.DateField(),
    machine_id=serializers.CharField(allow_blank=True),
    action=text(),
    priority=serializers.ChoiceField(PRIORITIES),
    because=text(),
)
QualityItemOut = shape("QualityItem", text=text(), fact_ids=_ids())
MlAnalysisOut = shape(
    "MlAnalysis",
    predicted_downtime_next_shift=number(),
    model_confidence_score=number(),
    risk_assessment=serializers.CharField(allow_null=True),
    anomalies_detected=number(),
    forecast_downtime_7_days=number(),
    missing=serializers.ListField(child=text()),
)
SectionsOut = shape(
    "InsightSections",
    executive_summary=serializers.CharField(allow_blank=True),
    root_cause_analysis=serializers.CharField(allow_blank=True),
    recommendations=serializers.CharField(allow_blank=True),
    risk_assessment=serializers.CharField(allow_blank=True),
)
StrategicOut = shape(
    "StrategicInsights",
    full_analysis=serializers.CharField(allow_blank=True),
    sections=SectionsOut(),
)
InsightOut = shape(
    "Insight",
    strategic_insights=StrategicOut(),
    maintenance_plan=serializers.CharField(allow_blank=True),
    maintenance_plan_items=PlanItemOut(many=True),
    quality_insights=serializers.CharField(allow_blank=True),
    quality_items=QualityItemOut(many=True),
    ml_analysis=MlAnalysisOut(),
    source=text(),
    verified=serializers.BooleanField(),
    facts=FactOut(many=True),
    citations=CitationOut(many=True),
    generated_at=serializers.DateTimeField(),
)
MaintenancePlanOut = shape(
    "MaintenancePlan",
    maintenance_plan=serializers.CharField(allow_blank=True),
    maintenance_plan_items=PlanItemOut(many=True),
    source=text(),
    generated_at=serializers.DateTimeField(),
)
CallOut = shape(
    "WriterCall",
    time=moment(),
    model=text(),
    source=text(),
    status=text(),
    prompt_tokens=serializers.IntegerField(allow_null=True),
    completion_tokens=serializers.IntegerField(allow_null=True),
    duration_ms=serializers.FloatField(),
)
CallPage = page("WriterCallPage", CallOut)
InsightIn = shape("InsightRequest", days=serializers.IntegerField(min_value=1, max_value=365))
