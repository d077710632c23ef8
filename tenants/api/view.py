"""What doors have in common: the door middleware has entered the plant already."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connection
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from tenants.permissions import Action


class AsItIs(BaseContentNegotiation):
    """A file has one type, so there is nothing to choose."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return None


class PlantView(APIView):
    """Asks the role table before anything else; the `tenant_id` of the path form is not needed."""

    needs: ClassVar[dict[str, Action]] = {}

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("tenant_id", None)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return
        # HEAD is a GET whose body is left out.
        asked = "GET" if request.method == "HEAD" else str(request.method)
        request.place.require(self.needs.get(asked, Action.READ))

    @property
    def timezone(self) -> str:
        return str(self.request.place.tenant.timezone)

    @property
    def schema_name(self) -> str:
        return str(connection.schema_name)
