"""The shapes of the reports' answers, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from reports.models import Report
from reports.models.schedule import FORMATS, WEEKDAYS
from tenants.api.wire import moment, page, shape, text

DeliveryOut = shape(
    "ReportDelivery",
    to=serializers.EmailField(),
    state=serializers.ChoiceField(("sent", "retrying", "failed")),
    attempts=serializers.IntegerField(),
    at=moment(),
    error=text(),
)
ReportOut = shape(
    "Report",
    id=serializers.IntegerField(),
    kind=serializers.ChoiceField(Report.Kind.choices),
    plant_date=serializers.DateField(),
    **{"from": serializers.DateTimeField(), "to": serializers.DateTimeField()},
    made_at=serializers.DateTimeField(),
    state=serializers.ChoiceField(("issued", "superseded")),
    late=serializers.BooleanField(),
    files=serializers.DictField(child=text()),
    deliveries=DeliveryOut(many=True),
)
ReportPage = page("ReportPage", ReportOut)
ReportIn = shape(
    "ReportWindow",
    **{"from": text(), "to": text()},
    formats=serializers.ListField(child=serializers.ChoiceField(FORMATS), required=False),
)


def _schedule(*, required: bool) -> dict[str, serializers.Field]:
    choices = {"weekdays": WEEKDAYS, "formats": FORMATS}
    lists = {
        name: serializers.ListField(child=serializers.ChoiceField(values), required=required)
        for name, values in choices.items()
    }
    return {
        "enabled": serializers.BooleanField(required=required),
        "time": serializers.CharField(required=required, help_text="plant time, HH:MM"),
        "recipients": serializers.ListField(
            child=serializers.EmailField(), required=required, help_text="empty: EMAIL_RECEIVER"
        ),
        **lists,
    }


ScheduleIn = shape("ReportScheduleChange", **_schedule(required=False))
ScheduleOut = shape("ReportSchedule", **_schedule(required=True), next_at=moment())
