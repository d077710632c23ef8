"""Anomalies: the list, and what a person says of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.interval import Interval
from analytics.api.ml_wire import AnomalyOut, AnomalyPage
from analytics.api.predictions import MACHINE_PARAMETER, known_machine
from analytics.models import Anomaly
from analytics.services.judged import judge_anomaly
from production.api.query import DEFAULT_DAYS, MOST_DAYS, WINDOW_PARAMETERS, instants_of
from tenants.api.query import PAGE_PARAMETERS, choice_of, number_of, page_of
from tenants.api.view import PlantView
from tenants.permissions import Action

STATES = tuple(Anomaly.Status.values)


def anomaly_card(row: Anomaly) -> dict[str, Any]:
    """An anomaly as the API lists it."""
    plain = ("grain", "start", "end", "score", "expected", "signals", "status", "decided_at")
    return {
        "id": row.pk,
        "machine_id": row.machine.machine_id,
        "machine_name": row.machine.machine_name,
        **{name: getattr(row, name) for name in plain},
        "text": row.sentence,
        "decided_by": row.decided_by or None,
    }


class Anomalies(PlantView):
    """Events of a window, newest first."""

    @extend_schema(
        operation_id="ml_anomalies",
        parameters=[
            *(one for one in WINDOW_PARAMETERS if one.name in ("days", "from", "to")),
            OpenApiParameter("status", str, enum=STATES),
            MACHINE_PARAMETER,
            *PAGE_PARAMETERS,
        ],
        responses=AnomalyPage,
    )
    def get(self, request: Request) -> Response:
        days = number_of(request.GET, "days", default=DEFAULT_DAYS, lowest=1, highest=MOST_DAYS)
        status, machine_id = choice_of(request.GET, "status", STATES), known_machine(request)
        now, page = clock.now(), page_of(request)
        span = instants_of(
            request.GET,
            default=Interval(now - timedelta(days=days), now),
            timezone=self.timezone,
        )
        rows = Anomaly.objects.select_related("machine").filter(
            end__gt=span.start, start__lt=span.end
        )
        if status is not None:
            rows = rows.filter(status=status)
        if machine_id is not None:
            rows = rows.filter(machine__machine_id=machine_id)
        part = rows[page.offset : page.offset + page.limit]
        return Response(page.envelope(rows.count(), [anomaly_card(row) for row in part]))


class Judge(PlantView):
    """Say of an anomaly that it was one, or that it was not."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.JUDGE_ANOMALIES}

    @extend_schema(operation_id="ml_anomaly_judge", request=None, responses=AnomalyOut)
    def post(self, request: Request, anomaly_id: str, verdict: str) -> Response:
        row = judge_anomaly(anomaly_id=anomaly_id, verdict=verdict, user=request.user)
        return Response(anomaly_card(row))
