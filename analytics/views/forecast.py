"""`/forecast/`: up to 30 days of a metric in two bands, each model beside seasonal naive, and eight
weeks of our own record.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from analytics.figures.names import spoken
from analytics.selectors.metrics import metrics_of_plant
from analytics.selectors.outlook import forecast_outlook
from analytics.selectors.outlook_shapes import LEVELS, ForecastOutlook, Insufficient
from analytics.views.forecast_figure import figure_of
from analytics.views.forecast_record import record_of
from analytics.views.training import lacking, training
from production.models import Machine

METRICS = {
    "downtime_min": "Downtime",
    "units_produced": "Pieces",
    "defect_rate": "Defect rate",
    "oee": "OEE",
}
SPANS = (7, 14, 30)
LONGEST = 30
NAMES = dict(zip(LEVELS, ("lo95", "lo80", "median", "hi80", "hi95"), strict=True))
"""A quantile as the table and the API's replay call it."""


def forecast(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    names, days = metrics_of_plant(), _days(request)
    metric = request.GET.get("metric") or names[0]
    if metric not in names:
        raise Http404
    machines = list(Machine.objects.filter(active=True).order_by("machine_id"))
    machine = _machine(request, machines)
    outlook = forecast_outlook(
        metric=metric, machine_id=machine.machine_id if machine else None, days=days, now=now
    )
    name = METRICS.get(metric, spoken(metric).capitalize())
    context = {
        "page": "forecast",
        "now": now,
        "metric": metric,
        "metric_name": name,
        "metrics": [(key, METRICS.get(key, spoken(key).capitalize())) for key in names],
        "days": days,
        "spans": SPANS if days in SPANS else sorted({*SPANS, days}),
        "machine": machine,
        "machines": machines,
        **training(request, "forecast", now=now),
    }
    if isinstance(outlook, Insufficient):
        return render(request, "forecast.html", context | lacking(outlook, "forecast"))
    context |= {
        "outlook": outlook,
        "day_rows": _day_rows(outlook),
        **figure_of(outlook, name),
        **record_of(outlook),
    }
    return render(request, "forecast.html", context)


def _days(request: HttpRequest) -> int:
    chosen = request.GET.get("days") or str(LONGEST)
    if not re.fullmatch("[0-9]{1,2}", chosen) or not 1 <= int(chosen) <= LONGEST:
        raise Http404
    return int(chosen)


def _machine(request: HttpRequest, machines: list[Machine]) -> Machine | None:
    """The chosen one, or the whole plant."""
    chosen = request.GET.get("machine_id")
    if not chosen:
        return None
    found = next((one for one in machines if one.machine_id == chosen), None)
    if found is None:
        raise Http404
    return found


def _day_rows(outlook: ForecastOutlook) -> list[dict[str, Any]]:
    """A row a day: the day, why it is closed, and (name, value) of each quantile."""
    return [
        {
            "day": day,
            "is_closed": day in outlook.closed,
            "closed": outlook.closed.get(day, ""),
            "cells": [(NAMES[level], outlook.quantiles[level][n]) for level in LEVELS],
        }
        for n, day in enumerate(outlook.dates)
    ]
