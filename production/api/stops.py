"""Saying why a machine stood."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import Invalid, NotFound
from production.api.wire import ReasonIn, StopOut
from production.models import Stop
from production.services.reasons import give_reason
from tenants.api.query import invalid
from tenants.api.view import PlantView
from tenants.permissions import Action

MOST_NOTE = 2000


def present(stop: Stop) -> dict[str, Any]:
    return {
        "id": stop.pk,
        "machine_id": stop.machine.machine_id,
        "start": stop.start,
        "end": stop.end,
        "state": stop.state,
        "cause": stop.cause,
        "reason": stop.reason.code if stop.reason else None,
        "note": stop.note,
        "reason_by": stop.reason_by,
    }


class StopReason(PlantView):
    """Give a stop its reason."""

    needs: ClassVar[dict[str, Action]] = {"POST": Action.GIVE_REASON}

    @extend_schema(operation_id="stop_reason", request=ReasonIn, responses=StopOut)
    def post(self, request: Request, stop_id: str) -> Response:
        if not re.fullmatch(r"[0-9]{1,18}", stop_id):
            raise NotFound("There is no stop with this id.")
        code, note = _reason_of(request.data)
        stop = give_reason(
            stop_id=int(stop_id),
            code=code,
            note=note,
            user_id=request.user.pk,
            label=request.user.label,
        )
        return Response(present(stop))


def _reason_of(data: Any) -> tuple[str, str]:
    if not isinstance(data, dict):
        raise Invalid("The body must be an object with reason and note.")
    code, note = data.get("reason"), data.get("note", "")
    if not isinstance(code, str) or not 0 < len(code) <= 64:
        raise invalid("reason", "must be the code of a reason")
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise invalid("note", f"must be a text of at most {MOST_NOTE} characters")
    return code, note
