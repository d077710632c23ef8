"""A plant's data as a file, for its administrators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from tenants.api.platform import PlatformView, plant_for_admin
from tenants.api.view import AsItIs
from tenants.models import AccessLog
from tenants.services.audit import note
from tenants.services.export import export_plant

CHUNK = 256 * 1024
ZIP = OpenApiResponse(OpenApiTypes.BINARY, description="a CSV file a table, and tenant.json")


class Export(PlatformView):
    """Everything that the plant has stored but its secrets; written into the access log."""

    content_negotiation_class = AsItIs

    @extend_schema(operation_id="tenant_export", responses={(200, "application/zip"): ZIP})
    def get(self, request: Request, tenant_id: str) -> StreamingHttpResponse:
        tenant = plant_for_admin(request, tenant_id)
        file = export_plant(tenant)
        note(AccessLog.Action.PLANT_EXPORTED, user=request.user, tenant_id=tenant_id)
        return _as_answer(request._request, file, f"{tenant_id}.zip")


def _as_answer(request: Any, file: IO[bytes], name: str) -> StreamingHttpResponse:
    # Under ASGI a plain iterator would be read into memory as a whole first.
    parts = _parts_later(file) if isinstance(request, ASGIRequest) else _parts(file)
    answer = StreamingHttpResponse(parts, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    # It is compressed already.
    answer["Content-Encoding"] = "identity"
    return answer


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(CHUNK):
            yield part


async def _parts_later(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while part := await asyncio.to_thread(file.read, CHUNK):
            yield part
