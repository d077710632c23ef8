"""The shapes of the KPI answers, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from tenants.api.wire import number, page, shape

FIGURES = (
    "units_produced",
    "good_units",
    "defective_units",
    "yield",
    "defect_rate",
    "downtime_min",
    "pot_min",
    "pbt_min",
    "apt_min",
    "aust_min",
    "adet_min",
    "adot_min",
    "no_data_min",
    "unassigned_min",
    "availability",
    "effectiveness",
    "quality_ratio",
    "oee",
    "throughput_per_h",
    "mtbf_min",
    "mttr_min",
    "data_coverage",
)


def _figures() -> dict[str, serializers.Field]:
    return {name: number() for name in FIGURES}


def _element() -> dict[str, serializers.Field]:
    return {
        "tenant_id": serializers.CharField(),
        "timezone": serializers.CharField(),
        "days": serializers.IntegerField(allow_null=True),
        "from": serializers.DateTimeField(),
        "to": serializers.DateTimeField(),
        "machine_id": serializers.CharField(allow_null=True),
        **_figures(),
        "data_version": serializers.IntegerField(),
        "reasons": serializers.DictField(child=serializers.CharField()),
    }


MachineKpisOut = shape("MachineKpis", **_element(), machine_name=serializers.CharField())
GroupKpisOut = shape("GroupKpis", **_element(), key=serializers.CharField())
KpisOut = shape(
    "Kpis",
    **_element(),
    machines=MachineKpisOut(many=True),
    groups=GroupKpisOut(many=True, required=False),
)
MachineOut = shape(
    "Machine",
    machine_id=serializers.CharField(),
    machine_name=serializers.CharField(),
    machine_type=serializers.CharField(),
    capacity=number(),
    line=serializers.CharField(allow_null=True),
    area=serializers.CharField(allow_null=True),
    active=serializers.BooleanField(),
    metadata=serializers.JSONField(),
    **{n: number() for n in ("units_produced", "defective_units", "defect_rate", "downtime_min",
                              "oee")},
)  # fmt: skip
MachinePage = page("MachinePage", MachineOut)
