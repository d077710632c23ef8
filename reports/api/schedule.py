"""When the daily report is made and who gets it."""

from __future__ import annotations

from typing import ClassVar

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid
from reports.api.wire import ScheduleIn, ScheduleOut
from reports.selectors.cards import schedule_card
from reports.selectors.schedule import plant_schedule
from reports.services.settings import set_schedule
from tenants.api.view import PlantView
from tenants.permissions import Action


class Schedule(PlantView):
    """The schedule; a PUT changes what its body names."""

    needs: ClassVar[dict[str, Action]] = {"PUT": Action.SCHEDULE_REPORTS}

    @extend_schema(operation_id="report_schedule", responses=ScheduleOut)
    def get(self, request: Request) -> Response:
        return Response(schedule_card(plant_schedule(), now=clock.now()))

    @extend_schema(operation_id="report_schedule_change", request=ScheduleIn, responses=ScheduleOut)
    def put(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise Invalid("The body must be an object with fields of the schedule.")
        now = clock.now()
        return Response(schedule_card(set_schedule(request.data, now=now), now=now))
