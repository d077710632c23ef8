"""The curves of a machine's page."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from amis.errors import NotFound
from amis.interval import Interval
from production.api.query import instants_of
from production.api.wire import SeriesOut
from production.models import Machine
from production.selectors.series import series_of
from tenants.api.query import UNPRINTABLE, number_of, whole_number
from tenants.api.view import PlantView

DEFAULT_SPAN = timedelta(hours=1)
DEFAULT_POINTS, FEWEST_POINTS, MOST_POINTS = 600, 10, 5000


def machine_named(machine_id: str) -> Machine:
    """The machine with its line and connection. Raises NotFound."""
    machine = None
    if len(machine_id) <= 64 and not UNPRINTABLE.search(machine_id):
        machines = Machine.objects.select_related("line__area", "shift_pattern", "connection")
        machine = machines.filter(machine_id=machine_id).first()
    if machine is None:
        raise NotFound("There is no machine with this machine_id.")
    return machine


class Series(PlantView):
    """A machine's process signals over time, thinned to `points`."""

    @extend_schema(
        operation_id="series",
        parameters=[
            OpenApiParameter("from", str, description="ISO instant or plant date (1 h ago)"),
            OpenApiParameter("to", str, description="the end, not included (now)"),
            whole_number("points", FEWEST_POINTS, MOST_POINTS, "at most so many a signal (600)"),
        ],
        responses=SeriesOut,
    )
    def get(self, request: Request, machine_id: str) -> Response:
        points = number_of(
            request.GET, "points", default=DEFAULT_POINTS, lowest=FEWEST_POINTS, highest=MOST_POINTS
        )
        now = clock.now()
        interval = instants_of(
            request.GET, default=Interval(now - DEFAULT_SPAN, now), timezone=self.timezone
        )
        machine = machine_named(machine_id)
        return Response(
            {
                "machine_id": machine.machine_id,
                "from": interval.start,
                "to": interval.end,
                "series": series_of(machine=machine, interval=interval, points=points),
            }
        )
