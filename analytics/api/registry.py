"""Versions of models, their record, and the two things that people do to them: train, roll back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid
from analytics.api.ml_wire import ScorePage, VersionOut, VersionPage
from analytics.api.predictions import MACHINE_PARAMETER, known_machine
from analytics.models import ModelVersion
from analytics.selectors.scorecard import day_scores, shift_scores
from analytics.services.asked import ask_for_training
from analytics.services.registry import promote_by_person, roll_back
from production.api.query import MOST_DAYS
from production.api.wire import JobOut
from production.services.jobs import job_card
from tenants.api.query import PAGE_PARAMETERS, choice_of, number_of, page_of, whole_number
from tenants.api.view import PlantView
from tenants.api.wire import shape
from tenants.permissions import Action

TASKS = tuple(ModelVersion.Task.values)
TASK_PARAMETER = OpenApiParameter("task", str, enum=TASKS)
TaskIn = shape("ModelTask", task=serializers.ChoiceField(TASKS))
SCORE_DAYS = 56


def version_card(version: ModelVersion) -> dict[str, Any]:
    """A version as the API lists it."""
    promotion = version.promotions.first()
    plain = (
        "task", "status", "weights", "metrics", "guard", "guard_reason", "skill_vs_naive", "as_of",
        "data_from", "data_to", "data_hash", "code_hash", "rows", "verdict", "created_at",
    )  # fmt: skip
    return {
        **{name: getattr(version, name) for name in plain},
        "id": version.pk,
        "version": str(version.number),
        "members": sorted(version.weights),
        "promoted_at": promotion.at if promotion else None,
        "promoted_by": promotion.by if promotion else None,
        "promoted_why": promotion.why if promotion else None,
    }


class Models(PlantView):
    """Every version of every model, newest first."""

    @extend_schema(
        operation_id="ml_models",
        parameters=[TASK_PARAMETER, *PAGE_PARAMETERS],
        responses=VersionPage,
    )
    def get(self, request: Request) -> Response:
        versions = (
            ModelVersion.objects.defer("evidence")
            .prefetch_related("promotions")
            .order_by("-created_at", "-pk")
        )
        task = choice_of(request.GET, "task", TASKS)
        if task is not None:
            versions = versions.filter(task=task)
        page = page_of(request)
        part = versions[page.offset : page.offset + page.limit]
        return Response(page.envelope(versions.count(), [version_card(v) for v in part]))


class Scorecard(PlantView):
    """What was said, and what came."""

    @extend_schema(
        operation_id="ml_scorecard",
        parameters=[
            OpenApiParameter("task", str, enum=("downtime", "forecast")),
            whole_number("days", 1, MOST_DAYS, "days back (56)"),
            MACHINE_PARAMETER,
            *PAGE_PARAMETERS,
        ],
        responses=ScorePage,
    )
    def get(self, request: Request) -> Response:
        task = choice_of(request.GET, "task", ("downtime", "forecast")) or "downtime"
        days = number_of(request.GET, "days", default=SCORE_DAYS, lowest=1, highest=MOST_DAYS)
        page, machine_id = page_of(request), known_machine(request)
        scores = day_scores if task == "forecast" else shift_scores
        part = slice(page.offset, page.offset + page.limit)
        count, rows = scores(days=days, machine_id=machine_id, now=clock.now(), part=part)
        return Response(page.envelope(count, rows))


class Train(PlantView):
    """Train a model now, as a job."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.RUN_JOBS}

    @extend_schema(operation_id="ml_train", request=TaskIn, responses={202: JobOut})
    def post(self, request: Request) -> Response:
        job = ask_for_training(task=_task(request), now=clock.now(), user=request.user)
        headers = {"Location": f"/api/jobs/{job.pk}"}
        return Response(job_card(job), status=202, headers=headers)


class Promote(PlantView):
    """Let a challenger serve by a person's word, or an earlier version again."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.PROMOTE_MODELS}

    @extend_schema(operation_id="ml_promote", request=None, responses=VersionOut)
    def post(self, request: Request, version_id: str) -> Response:
        return Response(version_card(promote_by_person(version_id, by=str(request.user))))


class RollBack(PlantView):
    """Let the version serve that served before."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.PROMOTE_MODELS}

    @extend_schema(operation_id="ml_rollback", request=TaskIn, responses=VersionOut)
    def post(self, request: Request) -> Response:
        return Response(version_card(roll_back(_task(request), by=str(request.user))))


def _task(request: Request) -> str:
    """Raises Invalid naming the field."""
    task = request.data.get("task") if isinstance(request.data, dict) else None
    if task not in TASKS:
        raise Invalid.fields([("task", f"must be one of {', '.join(TASKS)}")])
    return str(task)
