"""The shapes of production's answers, for the OpenAPI document; the views build plain dicts."""

from __future__ import annotations

from rest_framework import serializers

from production.models import Job, ProductionRecord
from tenants.api.wire import moment, number, page, shape, text

RecordOut = shape(
    "ProductionRecord",
    production_date=serializers.DateField(),
    shift=text(),
    machine_id=text(),
    machine_name=text(),
    units_produced=number(),
    good_units=number(),
    defective_units=number(),
    downtime_min=number(),
    pbt_min=number(),
    apt_min=number(),
    oee=number(),
    source=serializers.ChoiceField(ProductionRecord.Source.choices),
    simulated=serializers.BooleanField(),
    updated_at=serializers.DateTimeField(),
)
RecordPage = page("ProductionRecordPage", RecordOut)
SubmittedRow = shape(
    "SubmittedRow",
    production_date=serializers.DateField(),
    machine_id=text(),
    shift=text(),
    units_produced=serializers.FloatField(allow_null=True, required=False),
    defective_units=serializers.FloatField(allow_null=True, required=False),
    downtime_min=serializers.FloatField(allow_null=True, required=False),
)
SubmitOut = shape(
    "SubmitResult",
    **{key: serializers.IntegerField() for key in ("received", "created", "updated", "unchanged")},
)
SignalOut = shape(
    "LiveSignal",
    value=serializers.JSONField(allow_null=True),
    unit=text(),
    source_timestamp=moment(),
    quality=serializers.ChoiceField(("good", "uncertain", "bad")),
)
ShiftOut = shape(
    "LiveShift",
    name=text(),
    date=serializers.DateField(),
    units_produced=number(),
    defective_units=number(),
    downtime_min=number(),
    oee=number(),
)
LiveMachineOut = shape(
    "LiveMachine",
    machine_id=text(),
    machine_name=text(),
    state=serializers.CharField(allow_null=True),
    state_code=number(),
    since=moment(),
    reason=text(),
    source_timestamp=moment(),
    age_s=number(),
    is_stale=serializers.BooleanField(),
    signals=serializers.DictField(child=SignalOut()),
    shift=ShiftOut(allow_null=True),
)
LiveOut = shape("Live", time=serializers.DateTimeField(), machines=LiveMachineOut(many=True))
SocketStatusOut = shape(
    "WebSocketStatus",
    status=text(),
    path=text(),
    active_connections=serializers.IntegerField(),
    update_interval_s=serializers.FloatField(),
    last_event_at=moment(),
    sequence=serializers.IntegerField(),
)
JobOut = shape(
    "Job",
    id=serializers.UUIDField(),
    kind=text(),
    state=serializers.ChoiceField(Job.State.choices),
    percent=serializers.FloatField(),
    step=text(),
    message=text(),
    eta_s=number(),
    result_url=serializers.CharField(allow_null=True),
)
TrackOut = shape(
    "SignalTrack",
    name=text(),
    unit=text(),
    min=number(),
    max=number(),
    t=serializers.ListField(child=serializers.FloatField()),
    v=serializers.ListField(child=serializers.FloatField()),
)
SeriesOut = shape(
    "Series",
    machine_id=text(),
    **{"from": serializers.DateTimeField(), "to": serializers.DateTimeField()},
    series=TrackOut(many=True),
)
ReasonIn = shape(
    "StopReason",
    reason=text(),
    note=serializers.CharField(required=False),
)
StopOut = shape(
    "Stop",
    id=serializers.IntegerField(),
    machine_id=text(),
    start=serializers.DateTimeField(),
    end=moment(),
    state=text(),
    cause=text(),
    reason=serializers.CharField(allow_null=True),
    note=text(),
    reason_by=text(),
)
