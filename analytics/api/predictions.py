"""`/api/ml/forecast` and `/api/ml/forecast-advanced`: stored answers, nothing is trained here."""

from __future__ import annotations

from typing import Any

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import NotFound
from analytics.api.ml_wire import AdvancedOut, NextShiftOut
from analytics.forecasting.series import HORIZON, PLANT
from analytics.selectors.advanced import advanced_answer
from analytics.selectors.metrics import metrics_of_plant
from analytics.selectors.next_shift import next_shift_answer
from production.api.query import DEFAULT_DAYS, MOST_DAYS
from production.models import Machine
from tenants.api.query import invalid, number_of, text_of, whole_number
from tenants.api.view import PlantView

MACHINE_PARAMETER = OpenApiParameter("machine_id", str)
DEFAULT_HORIZON = 7


def known_machine(request: Request) -> str | None:
    """The machine that the query names. Raises NotFound for an unknown one."""
    machine_id = text_of(request.GET, "machine_id")
    if machine_id is not None and not Machine.objects.filter(machine_id=machine_id).exists():
        raise NotFound("There is no machine with this machine_id.")
    return machine_id


class NextShift(PlantView):
    """The next shift's downtime, of the plant with its machines or of one machine."""

    @extend_schema(
        operation_id="ml_forecast",
        parameters=[
            whole_number("days", 1, MOST_DAYS, "window of anomalies and stops (7)"),
            MACHINE_PARAMETER,
        ],
        responses=NextShiftOut,
    )
    def get(self, request: Request) -> Response:
        days = number_of(request.GET, "days", default=DEFAULT_DAYS, lowest=1, highest=MOST_DAYS)
        machine_id = known_machine(request)
        return Response(next_shift_answer(machine_id=machine_id, days=days, now=clock.now()))


class Advanced(PlantView):
    """A metric of the days to come, with each model's own line and how good all were."""

    @extend_schema(
        operation_id="ml_forecast_advanced",
        parameters=[
            whole_number("days", 1, HORIZON, "days ahead (7)"),
            OpenApiParameter("metric", str, description="downtime_min (default), …"),
            MACHINE_PARAMETER,
        ],
        responses=AdvancedOut,
    )
    def get(self, request: Request) -> Response:
        query = request.GET
        days = number_of(query, "days", default=DEFAULT_HORIZON, lowest=1, highest=HORIZON)
        key = known_machine(request) or PLANT
        answer = advanced_answer(metric=metric_of(request), key=key, days=days, now=clock.now())
        return Response(answer)


def metric_of(request: Any) -> str:
    """The metric that the query names. Raises Invalid with the choices."""
    metric = text_of(request.GET, "metric")
    choices = metrics_of_plant()
    if metric is None:
        return choices[0]
    if metric not in choices:
        raise invalid("metric", f"must be one of {', '.join(choices)}")
    return metric
