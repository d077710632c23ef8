"""`/anomalies/`: when which machine was odd, what was expected, and what people made of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from analytics.figures.timeline import timeline
from analytics.selectors.outlook import anomaly_list
from analytics.selectors.outlook_shapes import AnomalyList, Insufficient, Timeline
from analytics.views.training import lacking, training
from production.models import Machine
from production.shopfloor.shifts import start_of_day
from tenants.permissions import Action

SPANS = (7, 30, 90)
STATUSES = {"open": "Open", "confirmed": "Confirmed", "dismissed": "Dismissed"}
MOST_TICKS = 7
OPEN = 12
"""So many machines' timelines stand open."""


def anomalies(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    days, status = _span(request), request.GET.get("status") or None
    if status and status not in STATUSES:
        raise Http404
    machines = list(Machine.objects.filter(active=True).order_by("machine_id"))
    machine_id = request.GET.get("machine_id") or None
    if machine_id and machine_id not in {one.machine_id for one in machines}:
        raise Http404
    listed = anomaly_list(days=days, machine_id=machine_id, status=status, now=now)
    context = {
        "page": "risk",
        "tab": "anomalies",
        "now": now,
        "days": days,
        "spans": SPANS,
        "status": status,
        "statuses": STATUSES,
        "machine_id": machine_id,
        "machines": machines,
        **training(request, "anomaly", now=now),
    }
    if isinstance(listed, Insufficient):
        return render(request, "anomalies.html", context | lacking(listed, "anomaly"))
    context |= {
        "listed": listed,
        "open_anomalies": listed.open_count,
        "may_judge": request.place.may(Action.JUDGE_ANOMALIES),
        "has_threshold": any(one.threshold is not None for one in listed.timelines),
        **_in_view(_timelines(listed, request.place.tenant.timezone)),
    }
    return render(request, "anomalies.html", context)


def _span(request: HttpRequest) -> int:
    chosen = request.GET.get("days") or str(SPANS[0])
    if chosen not in {str(span) for span in SPANS}:
        raise Http404
    return int(chosen)


def _timelines(listed: AnomalyList, timezone: str) -> list[dict[str, Any]]:
    whole = listed.end - listed.start
    ticks = _ticks(listed, timezone)
    drawn = []
    for one in listed.timelines:
        points = [((p.at - listed.start) / whole, p.score, p.is_anomaly) for p in one.points]
        found = _found(one)
        figure = timeline(points, threshold=one.threshold, ticks=ticks, title=found)
        flagged = [p for p in one.points if p.is_anomaly]
        drawn.append({"one": one, "found": found, "figure": figure, "flagged": flagged[-50:]})
    return drawn


def _in_view(drawn: list[dict[str, Any]]) -> dict[str, Any]:
    """Of many machines those that were flagged, and as many others as fit; the rest is folded."""
    if len(drawn) <= OPEN:
        return {"timelines": drawn}
    drawn = sorted(drawn, key=lambda row: not row["flagged"])
    many = max(OPEN, sum(bool(row["flagged"]) for row in drawn))
    return {"timelines": drawn[:many], "folded": drawn[many:]}


def _found(one: Timeline) -> str:
    count = sum(p.is_anomaly for p in one.points)
    said = {"name": one.machine_name, "count": count}
    if not one.points:
        return _("%(name)s: nothing was scored.") % said
    if count == 0:
        return _("%(name)s: nothing was flagged.") % said
    if count == 1:
        return _("%(name)s: one point was flagged.") % said
    return _("%(name)s: %(count)d points were flagged.") % said


def _ticks(listed: AnomalyList, timezone: str) -> list[tuple[float, str]]:
    """Local midnights, at most MOST_TICKS of them."""
    zone = ZoneInfo(timezone)
    first = listed.start.astimezone(zone).date() + timedelta(days=1)
    count = (listed.end.astimezone(zone).date() - first).days + 1
    step = max(-(-count // MOST_TICKS), 1)
    days = [first + timedelta(days=n) for n in range(0, count, step)]
    whole = listed.end - listed.start
    return [
        ((start_of_day(day, timezone) - listed.start) / whole, f"{day:%a} {day.day}")
        if listed.end - listed.start < timedelta(days=10)
        else ((start_of_day(day, timezone) - listed.start) / whole, f"{day.day} {day:%b}")
        for day in days
    ]
