"""The stops of a window, with the reason of each in words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from production.api.query import WINDOW_PARAMETERS, scope_of, window_of
from production.selectors.stop_reasons import MINUTE, counted_until, explained, stops_of
from tenants.api.query import PAGE_PARAMETERS, choice_of, page_of, text_of
from tenants.api.view import PlantView
from tenants.api.wire import moment, page, shape, text

DELAY, SET_UP = KINDS = ("delay", "set_up")
ListedStopOut = shape(
    "ListedStop",
    id=serializers.IntegerField(),
    machine_id=text(),
    machine_name=text(),
    production_date=serializers.DateField(allow_null=True),
    shift=text(),
    start=serializers.DateTimeField(),
    end=moment(),
    minutes=serializers.FloatField(),
    kind=serializers.ChoiceField(KINDS),
    state=text(),
    why=text(),
)


class Stops(PlantView):
    """Newest first; a stop counts on the plant day of its shift, as a record does."""

    @extend_schema(
        operation_id="stops",
        parameters=[
            *WINDOW_PARAMETERS,
            OpenApiParameter("why", str, description="only stops of this reason, in its words"),
            OpenApiParameter("kind", str, enum=KINDS, description="delay, or set_up: a changeover"),
            *PAGE_PARAMETERS,
        ],
        responses=page("ListedStopPage", ListedStopOut),
    )
    def get(self, request: Request) -> Response:
        window = window_of(request.GET, timezone=self.timezone)
        found, scope = page_of(request), scope_of(request.GET)
        kind, why = choice_of(request.GET, "kind", KINDS), text_of(request.GET, "why")
        until = counted_until(window, now=clock.now())
        rows = explained(stops_of(window, scope.machines), until=until)
        if kind is not None:
            rows = rows.filter(is_set_up=kind == SET_UP)
        if why is not None:
            rows = rows.filter(why=why)
        if scope.shift is not None:
            rows = rows.filter(shift=scope.shift)
        rows = rows.select_related("machine").order_by("-start", "machine__machine_id")
        part = rows[found.offset : found.offset + found.limit]
        return Response(found.envelope(rows.count(), [_card(row) for row in part]))


def _card(row: Any) -> dict[str, Any]:
    plain = ("production_date", "shift", "start", "end", "state", "why")
    return {
        "id": row.pk,
        "machine_id": row.machine.machine_id,
        "machine_name": row.machine.machine_name,
        "minutes": row.spent / MINUTE,
        "kind": SET_UP if row.is_set_up else DELAY,
        **{name: getattr(row, name) for name in plain},
    }
