"""The API's KPIs: of the plant, of its machines, and of groups of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.wire import KpisOut, MachinePage
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors import KpiSums, kpi_sums
from production.api.query import WINDOW_PARAMETERS, Scope, scope_of, window_of
from production.models import Machine
from production.shopfloor.window import Window
from tenants.api.query import PAGE_PARAMETERS, choice_of, page_of
from tenants.api.view import PlantView

GROUPS = ("machine", "line", "shift", "day")
GROUP_PARAMETER = OpenApiParameter("group_by", str, enum=GROUPS, description="adds groups")


class Kpis(PlantView):
    """ISO 22400 KPIs of a window, rolled up from sums of seconds and pieces."""

    @extend_schema(
        operation_id="kpis", parameters=[*WINDOW_PARAMETERS, GROUP_PARAMETER], responses=KpisOut
    )
    def get(self, request: Request) -> Response:
        window = window_of(request.GET, timezone=self.timezone)
        group_by = choice_of(request.GET, "group_by", GROUPS)
        scope = scope_of(request.GET)
        sums = kpi_sums(
            window=window, machines=scope.machines, shift=scope.shift, group_by=group_by
        )
        return Response(self._present(window, scope, sums))

    def _present(self, window: Window, scope: Scope, sums: KpiSums) -> dict[str, Any]:
        head = {
            "tenant_id": self.schema_name,
            "timezone": self.timezone,
            "days": window.days,
            "from": window.interval.start,
            "to": window.interval.end,
            "machine_id": scope.machine_id,
        }

        def element(total: Sums, **more: Any) -> dict[str, Any]:
            return {**head, **kpis(total), "data_version": sums.version, **more}

        body = element(sums.total)
        body["machines"] = [
            element(total, machine_id=machine.machine_id, machine_name=machine.machine_name)
            for machine, total in sums.machines
        ]
        if sums.groups is not None:
            body["groups"] = [element(total, key=key) for key, total in sums.groups]
        return body


class Machines(PlantView):
    """The plant's machines with their figures in the window."""

    @extend_schema(
        operation_id="machines",
        parameters=[*WINDOW_PARAMETERS, *PAGE_PARAMETERS],
        responses=MachinePage,
    )
    def get(self, request: Request) -> Response:
        window = window_of(request.GET, timezone=self.timezone)
        page = page_of(request)
        scope = scope_of(request.GET)
        part = scope.machines[page.offset : page.offset + page.limit]
        sums = kpi_sums(window=window, machines=part, shift=scope.shift)
        totals = {machine.pk: total for machine, total in sums.machines}
        results = [machine_card(m, totals.get(m.pk, Sums())) for m in part]
        return Response(page.envelope(len(scope.machines), results))


def machine_card(machine: Machine, total: Sums) -> dict[str, Any]:
    """A machine as the API lists it."""
    figures = kpis(total)
    return {
        "machine_id": machine.machine_id,
        "machine_name": machine.machine_name,
        "machine_type": machine.machine_type,
        "capacity": machine.capacity_per_shift,
        "line": machine.line.name if machine.line else None,
        "area": machine.line.area.name if machine.line else None,
        "active": machine.active,
        "metadata": machine.metadata,
        **{
            key: figures[key]
            for key in ("units_produced", "defective_units", "defect_rate", "downtime_min", "oee")
        },
    }
