"""`/machines/<id>/`: what it does, its strip, its signals, its pieces against ideal speed, where
the shift's time went, its stops and how good its data are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.selectors.risk_cards import newest_risk, risk_of
from analytics.views.machine_parts import long_strip, signals
from analytics.views.pieces import pieces_of_shift
from analytics.views.risk_rows import risk_panel
from analytics.views.stops import is_minor, stop_rows
from analytics.views.tiles import last_heard, shift_progress, state_words, tile
from production.live import machine_elements
from production.models import DataIssue, Signal, Stop, StopReason
from production.selectors.machines import plant_machines, shift_calendar
from production.selectors.states import stops_in
from tenants.live import sequence
from tenants.permissions import Action

SPANS = {"8h": timedelta(hours=8), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
MOST_STOPS, MOST_ISSUES = 200, 20


def machine(request: HttpRequest, machine_id: str) -> HttpResponse:
    timezone, zone = request.place.tenant.timezone, request.place.zone
    now = clock.now()
    found = _machine(machine_id, now)
    chosen = request.GET.get("span", "24h")
    span = SPANS.get(chosen)
    if span is None:
        raise Http404
    calendar = shift_calendar(found, timezone=timezone)
    shift = calendar.at(now) if calendar else None
    interval = shift.interval if shift else Interval(now - SPANS["8h"], now)
    number = sequence(connection.schema_name)
    element = machine_elements(connection.schema_name, [(found.machine_id, found.machine_name)])[0]
    states = long_strip(
        found,
        calendar,
        Interval(now - span, now),
        timezone=zone,
        heard=last_heard(element, now),
        now=now,
    )
    head = tile(
        found,
        element,
        stretches=states["stretches"],
        interval=interval,
        timezone=zone,
        now=now,
    )
    context = {
        "page": "overview",
        "now": now,
        "sequence": number,
        "states": state_words(),
        "tile": head,
        "spans": [(name, name == chosen) for name in SPANS],
        "span": chosen,
        "reasons": found.reasons,
        "may_explain": request.place.may(Action.GIVE_REASON),
        "issues": list(_issues(found, now)),
        "simulated": bool(found.connection and found.connection.simulated),
        "risk": _risk(found),
        **_stops(list(stops_in(interval, machine=found)[:MOST_STOPS]), head["tone"], now=now),
        **states,
        **signals(found, element, states["stretches"], now=now),
        **pieces_of_shift(found, shift, timezone=zone, now=now),
        **shift_progress(shift, now),
    }
    return render(request, "machine.html", context)


def _machine(machine_id: str, now: datetime) -> Any:
    """The machine with `signal_cards`, `reasons` (what a stop may be given) and `risk`: dicts."""
    own = Signal.objects.filter(machine=OuterRef("pk")).order_by("name")
    card = JSONObject(
        pk="pk", name="name", unit="unit", role="role", bits="counter_bits",
        low="min_value", high="max_value",
    )  # fmt: skip
    leaves = StopReason.objects.filter(parent__isnull=False).order_by("parent__name", "name")
    leaf = JSONObject(code="code", name="name", group="parent__name")
    machines = plant_machines().annotate(
        signal_cards=ArraySubquery(own.values(card=card)),
        reasons=ArraySubquery(leaves.values(leaf=leaf)),
        risk=newest_risk(now),
    )
    found = None if "\0" in machine_id else machines.filter(machine_id=machine_id).first()
    if found is None:
        raise Http404
    return found


def _risk(found: Any) -> dict[str, Any] | None:
    said = risk_of(found, found.risk)
    return risk_panel(said[1], said[0]) if said else None


def _stops(stops: list[Stop], tone: str, *, now: datetime) -> dict[str, Any]:
    """The shift's stops: the long ones one by one, the minor ones together."""
    minor = [stop for stop in stops if is_minor(stop, now=now)]
    long = [stop for stop in stops if stop not in minor]
    running = stops[0] if stops and stops[0].end is None and tone == "down" else None
    return {
        "stops": stop_rows(long),
        "minor_stops": stop_rows(minor),
        "minor_min": sum(((s.end or now) - s.start).total_seconds() for s in minor) / 60,
        "unexplained": running if running and not (running.reason or running.cause) else None,
    }


def _issues(machine: Any, now: datetime) -> Any:
    recent = DataIssue.objects.filter(
        signal__machine=machine, started_at__gte=now - timedelta(hours=24)
    )
    return recent.select_related("signal")[:MOST_ISSUES]
