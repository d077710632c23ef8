"""`/machines/<id>/`: what it does, its strip, its pieces against ideal speed, its signals and
stops.
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
from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from analytics.views.tiles import WORDS, shift_passed, state_words, tile
from production.figures.bars import progress_curve
from production.figures.strip import strip
from production.live import machine_elements
from production.models import DataIssue, Machine, Signal, StopReason
from production.selectors.machines import plant_machines, shift_calendar
from production.selectors.series import counter_of
from production.selectors.states import minutes_by_kind, stops_in, stretches_of, ticks_of
from production.shopfloor.counters import increments
from production.shopfloor.shifts import PlannedShift, ShiftCalendar
from production.shopfloor.window import Window
from tenants.live import sequence
from tenants.permissions import Action, may

SPANS = {"8h": timedelta(hours=8), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
CURVE_POINTS = 120


def machine(request: HttpRequest, machine_id: str) -> HttpResponse:
    timezone = request.place.tenant.timezone
    now = clock.now()
    found = _machine(machine_id)
    chosen = request.GET.get("span", "24h")
    span = SPANS.get(chosen)
    if span is None:
        raise Http404
    calendar = shift_calendar(found, timezone=timezone)
    shift = calendar.at(now) if calendar else None
    interval = shift.interval if shift else Interval(now - SPANS["8h"], now)
    number = sequence(connection.schema_name)
    element = machine_elements(connection.schema_name, [(found.machine_id, found.machine_name)])[0]
    # The page has a longer strip of its own, so its head needs none.
    head = tile(found, element, stretches=[], interval=interval, timezone=timezone, now=now)
    context = {
        "page": "overview",
        "now": now,
        "shift": shift,
        "shift_passed": shift_passed(shift, now),
        "sequence": number,
        "states": state_words(),
        "tile": head,
        "spans": [(name, name == chosen) for name in SPANS],
        "stops": list(stops_in(interval, machine=found)[:50]),
        "reasons": found.reasons,
        "may_explain": may(request.place.role, Action.GIVE_REASON),
        "signals": [s for s in found.signal_cards if s["role"] == Signal.Role.PROCESS],
        "issues": DataIssue.objects.filter(
            signal__machine=found, started_at__gte=now - timedelta(hours=24)
        ).select_related("signal")[:20],
        "simulated": bool(found.connection and found.connection.simulated),
        **_long_strip(found, calendar, Interval(now - span, now), timezone=timezone, now=now),
        **_pieces(found, shift, timezone=timezone, now=now),
    }
    return render(request, "machine.html", context)


def _machine(machine_id: str) -> Any:
    """The machine with `signal_cards` and `reasons` (what a stop may be given), as dicts."""
    signals = Signal.objects.filter(machine=OuterRef("pk")).order_by("name")
    card = JSONObject(pk="pk", name="name", unit="unit", role="role", bits="counter_bits")
    reasons = StopReason.objects.filter(parent__isnull=False).order_by("parent__name", "name")
    leaf = JSONObject(code="code", name="name", parent="parent__name")
    machines = plant_machines().annotate(
        signal_cards=ArraySubquery(signals.values(card=card)),
        reasons=ArraySubquery(reasons.values(leaf=leaf)),
    )
    found = None if "\0" in machine_id else machines.filter(machine_id=machine_id).first()
    if found is None:
        raise Http404
    return found


def _long_strip(
    machine: Machine,
    calendar: ShiftCalendar | None,
    interval: Interval,
    *,
    timezone: str,
    now: datetime,
) -> dict[str, Any]:
    shifts = {machine.pk: calendar.overlapping(interval)} if calendar else {}
    stretches = stretches_of([machine], interval, now=now, shifts=shifts)[machine.pk]
    sums = minutes_by_kind(stretches)
    return {
        "long_strip": strip(
            stretches,
            start=interval.start.timestamp(),
            end=interval.end.timestamp(),
            now=now.timestamp(),
            ticks=ticks_of(interval, timezone=timezone, count=6),
            title=f"States of {machine.machine_name}",
            width=1100,
            height=44,
        ),
        "long_sums": [(kind, WORDS[kind], minutes) for kind, minutes in sums.items()],
        "long_total": sum(sums.values()),
    }


def _pieces(
    machine: Any, shift: PlannedShift | None, *, timezone: str, now: datetime
) -> dict[str, Any]:
    """The running shift's counters against ideal speed, and its figures."""
    if shift is None:
        return {"kpi": None}
    window = Window(shift.interval, (shift.date, shift.date + timedelta(days=1)))
    values = kpis(kpi_sums(window=window, machines=[machine], shift=shift.name, now=now).total)
    busy = shift.elapsed(now)[1]
    target = shift.pbt_s / machine.pri_s if machine.pri_s else None
    by_now = busy / machine.pri_s if machine.pri_s else None
    good = values["good_units"]
    return {
        "kpi": values,
        "target": target,
        "target_now": by_now,
        "behind": None if by_now is None or good is None else good - by_now,
        "curve": progress_curve(
            _curve(machine, shift, now),
            start=shift.interval.start.timestamp(),
            end=shift.interval.end.timestamp(),
            target_end=target,
            ticks=ticks_of(shift.interval, timezone=timezone),
            title="Pieces of this shift against ideal speed",
        ),
    }


def _curve(machine: Any, shift: PlannedShift, now: datetime) -> list[tuple[float, float]]:
    """Pieces since the shift began, thinned to what a curve can show."""
    start = shift.interval.start
    until = max(min(now, shift.interval.end), start)
    points = [(start.timestamp(), 0.0)]
    counter = next((s for s in machine.signal_cards if s["role"] == Signal.Role.PRODUCED), None)
    if counter is None:
        return points
    times, values, before = counter_of(counter["pk"], Interval(start, until))
    if not len(times):
        return points
    made = increments(values, previous=before, bits=counter["bits"]).amounts.cumsum()
    every = max(len(made) // CURVE_POINTS, 1)
    points += zip(times[::every].tolist(), made[::every].astype(float).tolist(), strict=True)
    return [*points, (until.timestamp(), float(made[-1]))]
