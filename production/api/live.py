"""What happens now: the machines, and the WebSocket that tells about them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from production.api.wire import LiveOut, SocketStatusOut
from production.live import live_machines, socket_status
from tenants.api.view import PlantView


class MachinesLive(PlantView):
    """The newest state, signals and running shift of every machine; never asks a PLC."""

    @extend_schema(operation_id="machines_live", responses=LiveOut)
    def get(self, request: Request) -> Response:
        return Response(live_machines(self.schema_name))


class SocketStatus(PlantView):
    """How the plant's live connection does."""

    @extend_schema(operation_id="websocket_status", responses=SocketStatusOut)
    def get(self, request: Request) -> Response:
        return Response(socket_status(self.schema_name))
