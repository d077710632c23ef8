"""`/`: worst stop, equation, machines worst first, the last stops, seven days and the machines
compared.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.kpis.rollup import kpis
from analytics.selectors import KpiSums, kpi_sums
from analytics.selectors.outlook import downtime_ahead
from analytics.selectors.risk_cards import newest_risk, risk_of
from analytics.selectors.targets import targets_beside
from analytics.views import tiles as show
from analytics.views.equation import equation
from analytics.views.forecast_figure import teaser_of
from analytics.views.risk_rows import risk_word
from analytics.views.stops import newest_of
from analytics.views.week import DAYS, week
from production.live import machine_elements
from production.models import Connection, ShiftPattern, Signal
from production.selectors.machines import plant_machines
from production.selectors.series import Mean, means_of
from production.selectors.states import (
    silent_since,
    stops_in,
    stretches_of,
    without_minor,
)
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.window import Window
from tenants.live import sequence
from tenants.permissions import Action

SHIFT_LENGTH = timedelta(hours=8)
LAST_STOPS = 8
MOST_TILES = 8
"""With more machines tiles become rows, without the curve of the rate."""
SPARK_STRETCHES = 96


def overview(request: HttpRequest) -> HttpResponse:
    timezone = request.place.tenant.timezone
    now = clock.now()
    speed = Signal.objects.filter(machine=OuterRef("pk"), role=Signal.Role.SPEED).order_by()
    named = ArraySubquery(speed.values(card=JSONObject(pk="pk", name="name")))
    machines = list(
        plant_machines()
        .filter(active=True)
        .annotate(speed=named, risk=newest_risk(now), targets_beside=targets_beside())
    )
    if not machines:
        return render(request, "empty.html", _empty(now))
    number = sequence(connection.schema_name)
    shift = show.shift_now(machines, timezone=timezone, now=now)
    interval = shift.interval if shift else Interval(now - SHIFT_LENGTH, now)
    days = kpi_sums(
        window=Window.of_days(DAYS, now=now, timezone=timezone),
        machines=machines,
        group_by="day",
        now=now,
    )
    tiles = _tiles(machines, shift, interval, days, timezone=request.place.zone, now=now)
    ahead = downtime_ahead()
    stops, stops_in_all = newest_of(without_minor(stops_in(interval)), LAST_STOPS)
    context = {
        "page": "overview",
        "now": now,
        "may_explain": request.place.may(Action.GIVE_REASON),
        "sequence": number,
        "states": show.state_words(),
        "tiles": tiles,
        "dense": len(machines) > MOST_TILES,
        "stops": stops,
        "stops_in_all": stops_in_all,
        "simulated": any(m.connection and m.connection.simulated for m in machines),
        "worst": next((one for one in tiles if one["tone"] == "down"), None),
        "ahead": teaser_of(ahead) if ahead else None,
        **show.shift_progress(shift, now),
        **equation(machines, shift, kpis(days.total), now=now),
        **week(machines, days, now=now, timezone=timezone),
    }
    return render(request, "overview.html", context)


def _empty(now: datetime) -> dict[str, Any]:
    """What a plant without a machine has already."""
    return {
        "page": "overview",
        "now": now,
        "has_connection": Connection.objects.exists(),
        "has_shifts": ShiftPattern.objects.exists(),
    }


def _tiles(
    machines: list[Any],
    shift: PlannedShift | None,
    interval: Interval,
    days: KpiSums,
    *,
    timezone: str,
    now: datetime,
) -> list[dict[str, Any]]:
    names = [(machine.machine_id, machine.machine_name) for machine in machines]
    elements = machine_elements(connection.schema_name, names)
    shifts = {machine.pk: [shift] for machine in machines} if shift else {}
    strips = stretches_of(machines, interval, now=now, shifts=shifts)
    speeds = _speeds(machines, interval, now)
    usual = {machine.pk: kpis(sums)["oee"] for machine, sums in days.machines}
    tiles = []
    for machine, element in zip(machines, elements, strict=True):
        one = show.tile(
            machine,
            element,
            stretches=silent_since(strips[machine.pk], show.last_heard(element, now), now=now),
            interval=interval,
            timezone=timezone,
            now=now,
        )
        one |= show.rate(one, *speeds.get(machine.pk, ("", [])))
        one["usual_oee"] = usual.get(machine.pk)
        one["oee_delta"] = show.points_to((element["shift"] or {}).get("oee"), one["usual_oee"])
        if said := risk_of(machine, machine.risk):
            one["risk"] = risk_word(said[1])
        tiles.append(one)
    return show.worst_first(tiles)


def _speeds(
    machines: list[Any], interval: Interval, now: datetime
) -> dict[int, tuple[str, list[tuple[float, float]]]]:
    """By machine: the name of its speed signal, and the speed over the shift."""
    cards = {machine.pk: machine.speed[0] for machine in machines if machine.speed}
    few = [card["pk"] for card in cards.values()] if len(machines) <= MOST_TILES else []
    means = means_of(few, interval, stretches=SPARK_STRETCHES)
    passed = min((now - interval.start) / (interval.end - interval.start), 1.0)
    return {
        pk: (card["name"], _held(means.get(card["pk"], []), passed)) for pk, card in cards.items()
    }


def _held(means: list[Mean], passed: float) -> list[tuple[float, float]]:
    """Means as a curve: between two samples the last value holds, as the machine sends changes."""
    by_stretch = {mean.stretch: mean for mean in means}
    points, last = [], None
    for n in range(int(passed * SPARK_STRETCHES) + 1):
        if mean := by_stretch.get(n):
            points.append(((n + 0.5) / SPARK_STRETCHES, mean.mean))
            last = mean.last
        elif last is not None:
            points.append(((n + 0.5) / SPARK_STRETCHES, last))
    return [(min(x, passed), value) for x, value in points]
