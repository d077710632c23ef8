"""The analysis of the last days: read, written anew, and what was sent for it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ai_insights.api.wire import CallPage, InsightIn, InsightOut, MaintenancePlanOut
from ai_insights.models import WriterCall
from ai_insights.selectors.cards import insight_card, plan_card
from ai_insights.services.asked import ask_for_insight, current_insight
from ai_insights.tasks import send
from production.api.query import DEFAULT_DAYS, MOST_DAYS
from production.api.wire import JobOut
from production.services.jobs import job_card
from tenants.api.query import PAGE_PARAMETERS, invalid, number_of, page_of, whole_number
from tenants.api.view import PlantView
from tenants.permissions import Action

DAYS_PARAMETER = whole_number("days", 1, MOST_DAYS, "complete plant days (7)")
CALL = (
    "time", "model", "source", "status", "prompt_tokens", "completion_tokens", "duration_ms",
)  # fmt: skip


def days_of(request: Request) -> int:
    return number_of(request.GET, "days", default=DEFAULT_DAYS, lowest=1, highest=MOST_DAYS)


class Insights(PlantView):
    """The analysis of the last complete days; a POST has it written anew, as a job."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.RUN_JOBS}

    @extend_schema(operation_id="ai_insights", parameters=[DAYS_PARAMETER], responses=InsightOut)
    def get(self, request: Request) -> Response:
        return Response(insight_card(current_insight(days=days_of(request), now=clock.now())))

    @extend_schema(operation_id="ai_insights_write", request=InsightIn, responses={202: JobOut})
    def post(self, request: Request) -> Response:
        days = _days_in(request.data)
        job, run = ask_for_insight(days=days, now=clock.now(), user=request.user)
        send(run)
        headers = {"Location": f"/api/jobs/{job.pk}"}
        return Response(job_card(job), status=202, headers=headers)


class MaintenancePlan(PlantView):
    """The next seven days of maintenance, of the newest analysis."""

    @extend_schema(
        operation_id="ai_maintenance_plan",
        parameters=[DAYS_PARAMETER],
        responses=MaintenancePlanOut,
    )
    def get(self, request: Request) -> Response:
        return Response(plan_card(current_insight(days=days_of(request), now=clock.now())))


class Calls(PlantView):
    """Every question to the language model, newest first."""

    @extend_schema(operation_id="ai_calls", parameters=PAGE_PARAMETERS, responses=CallPage)
    def get(self, request: Request) -> Response:
        page, calls = page_of(request), WriterCall.objects.defer("messages")
        part = calls[page.offset : page.offset + page.limit]
        rows = [{name: getattr(call, name) for name in CALL} for call in part]
        return Response(page.envelope(calls.count(), rows))


def _days_in(body: Any) -> int:
    """`days` of a body. Raises Invalid naming the field."""
    days = body.get("days") if isinstance(body, dict) else None
    if isinstance(days, str) and re.fullmatch("[0-9]{1,3}", days):
        days = int(days)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise invalid("days", f"must be a whole number from 1 to {MOST_DAYS}")
    return days
