"""The shapes of the answers about predictions, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from tenants.api.wire import moment, number, page, shape, text


def _numbers(length: int | None = None) -> serializers.ListField:
    child = serializers.FloatField(allow_null=True)
    if length is None:
        return serializers.ListField(child=child, allow_null=True)
    return serializers.ListField(child=child, min_length=length, max_length=length, allow_null=True)


def _words() -> serializers.ListField:
    return serializers.ListField(child=text())


def _maybe() -> serializers.CharField:
    return serializers.CharField(allow_null=True)


RecommendationOut = shape(
    "Recommendation", priority=text(), machine_id=text(), text=text(), because=text()
)
PredictedShiftOut = shape(
    "PredictedShift",
    name=text(),
    date=serializers.DateField(),
    start=serializers.DateTimeField(),
    end=serializers.DateTimeField(),
)


def _next_shift() -> dict[str, serializers.Field]:
    return {
        "status": serializers.ChoiceField(["ok", "insufficient"]),
        "predicted_downtime_next_shift": number(),
        "median_min": number(),
        "expected_min": number(),
        "interval_80": _numbers(2),
        "interval_95": _numbers(2),
        "model_confidence_score": number(),
        "risk_assessment": _maybe(),
        "feature_importance": serializers.DictField(
            child=serializers.FloatField(), allow_null=True
        ),
        "anomalies_detected": serializers.IntegerField(),
        "recommendations": RecommendationOut(many=True),
        "guard": _maybe(),
        "skill_vs_naive": number(),
        "model_version": _maybe(),
        "shift": PredictedShiftOut(allow_null=True),
        "issued_at": moment(),
        "missing": _words(),
        "ready_at": moment(),
    }


MachineNextShiftOut = shape(
    "MachineNextShift",
    **_next_shift(),
    machine_id=text(),
    machine_name=text(),
    p_downtime_30=number(),
)
NextShiftOut = shape(
    "NextShift", **_next_shift(), machines=MachineNextShiftOut(many=True, required=False)
)
ModelInfoOut = shape(
    "ModelInfo",
    lstm_trained=serializers.BooleanField(),
    prophet_trained=serializers.BooleanField(),
    guard=text(),
    reason=text(),
    trained_at=moment(),
    history_days=serializers.IntegerField(),
)
BacktestOut = shape(
    "Backtest",
    wis=number(),
    wis_seasonal_naive=number(),
    coverage_80=number(),
    coverage_95=number(),
    origins=serializers.IntegerField(allow_null=True),
)
AdvancedOut = shape(
    "AdvancedForecast",
    status=serializers.ChoiceField(["ok", "insufficient"]),
    metric=text(),
    lstm_forecast=_numbers(),
    prophet_forecast=_numbers(),
    ensemble_forecast=_numbers(),
    forecast_periods=serializers.IntegerField(),
    dates=serializers.ListField(child=serializers.DateField(), allow_null=True),
    quantiles=serializers.DictField(child=_numbers()),
    weights=serializers.DictField(child=serializers.FloatField()),
    model_info=ModelInfoOut(),
    backtest=BacktestOut(),
    missing=_words(),
    ready_at=moment(),
)
AnomalyOut = shape(
    "Anomaly",
    id=serializers.IntegerField(),
    machine_id=text(),
    machine_name=text(),
    grain=text(),
    start=serializers.DateTimeField(),
    end=serializers.DateTimeField(),
    score=number(),
    text=text(),
    expected=text(),
    signals=serializers.ListField(),
    status=text(),
    decided_by=_maybe(),
    decided_at=moment(),
)
AnomalyPage = page("AnomalyPage", AnomalyOut)
VersionOut = shape(
    "ModelVersion",
    id=serializers.IntegerField(),
    task=text(),
    version=text(),
    status=text(),
    members=_words(),
    weights=serializers.DictField(),
    metrics=serializers.DictField(),
    guard=text(),
    guard_reason=text(),
    skill_vs_naive=number(),
    as_of=moment(),
    data_from=moment(),
    data_to=moment(),
    data_hash=text(),
    code_hash=text(),
    rows=serializers.IntegerField(),
    promoted_at=moment(),
    promoted_by=_maybe(),
    promoted_why=_maybe(),
    verdict=serializers.DictField(),
    created_at=moment(),
)
VersionPage = page("ModelVersionPage", VersionOut)


def _only(*names: str) -> dict[str, serializers.Field]:
    """Figures that one of the two tasks has."""
    return {n: serializers.FloatField(allow_null=True, required=False) for n in names}


ScoreOut = shape(
    "Score",
    as_of=serializers.DateTimeField(),
    machine_id=text(),
    shift_start=serializers.DateTimeField(required=False),
    shift_end=serializers.DateTimeField(required=False),
    metric=serializers.CharField(required=False),
    date=serializers.DateField(required=False),
    horizon=serializers.IntegerField(required=False),
    **_only("median_min", "expected_min", "p_downtime_30", "confidence", "median", "mean"),
    **{name: number() for name in ("lo80", "hi80", "lo95", "hi95")},
    risk=serializers.CharField(required=False),
    served=text(),
    model_version=_maybe(),
    origin=text(),
    actual_min=number(),
    naive_min=number(),
)
ScorePage = page("ScorePage", ScoreOut)
