"""Watching and stopping long work."""

from __future__ import annotations

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import NotFound
from production.api.wire import JobOut
from production.models import Job
from production.services.jobs import cancel_job, job_card
from tenants.api.view import PlantView
from tenants.permissions import Action


def id_of(text: str) -> uuid.UUID:
    """Raises NotFound for what is no id at all, with the words for an unknown one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("There is no job with this id.") from None


class JobDetail(PlantView):
    """How far a job is."""

    @extend_schema(operation_id="job", responses=JobOut)
    def get(self, request: Request, job_id: str) -> Response:
        job = Job.objects.filter(pk=id_of(job_id)).first()
        if job is None:
            raise NotFound("There is no job with this id.")
        return Response(job_card(job))


class JobCancel(PlantView):
    """Ask a job to stop; one that has ended answers 409."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.RUN_JOBS}

    @extend_schema(operation_id="job_cancel", request=None, responses=JobOut)
    def post(self, request: Request, job_id: str) -> Response:
        return Response(job_card(cancel_job(job_id=id_of(job_id))))
