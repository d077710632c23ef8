"""`/risk/`: the next shift's downtime by machine, worst first, and whether it came true so far."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from analytics.selectors.findings import risk_found
from analytics.selectors.outlook import risk_outlook
from analytics.selectors.outlook_shapes import Insufficient, MachineRisk
from analytics.views.risk_evidence import evidence
from analytics.views.risk_rows import risk_rows
from analytics.views.training import lacking, training


def risk(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    outlook = risk_outlook(now)
    context = {"page": "risk", "tab": "risk", "now": now, **training(request, "downtime", now=now)}
    if isinstance(outlook, Insufficient):
        return render(request, "risk.html", context | lacking(outlook, "downtime"))
    context |= {
        "outlook": outlook,
        "planned_min": _planned_min(outlook.machines),
        "found": risk_found(outlook.machines, outlook.total),
        "open_anomalies": outlook.open_anomalies,
        **risk_rows(outlook.machines),
        **evidence(outlook, timezone=request.place.tenant.timezone),
    }
    return render(request, "risk.html", context)


def _planned_min(machines: Sequence[MachineRisk]) -> float | None:
    """The plan that all machines have; None where they differ."""
    plans = {one.planned_min for one in machines}
    return plans.pop() if len(plans) == 1 else None
