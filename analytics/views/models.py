"""`/models/`: each trained version, its backtest, who let it serve and why; and the way back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from analytics.selectors.outlook import model_versions, why_untrained
from analytics.views.training import lacking, training
from tenants.permissions import Action

TASKS = {"downtime": "Downtime", "forecast": "Forecast", "anomaly": "Anomalies"}


def models(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    task = request.GET.get("task") or "downtime"
    if task not in TASKS:
        raise Http404
    versions = model_versions(task)
    context = {
        "page": "forecast" if task == "forecast" else "risk",
        "now": now,
        "task": task,
        "tasks": TASKS,
        "versions": versions,
        "unit": versions[0].unit if versions else "",
        "may_promote": request.place.may(Action.PROMOTE_MODELS),
        **training(request, task, now=now),
    }
    if not versions:
        context |= lacking(why_untrained(task, now), task)
    return render(request, "models.html", context)
