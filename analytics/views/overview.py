"""`/`: alarm, equation, machines worst first, the last stops, seven days and the machines
compared.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from amis.interval import Interval
from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from analytics.views.tiles import shift_now, shift_passed, state_words, tile, worst_first
from production.figures.bars import analogue_bar, compared, day_columns
from production.live import machine_elements
from production.models import Machine
from production.selectors.machines import plant_machines
from production.selectors.states import stops_in, stretches_of
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.window import Window
from tenants.live import sequence
from tenants.permissions import Action, may

SHIFT_LENGTH = timedelta(hours=8)
DAYS, LAST_STOPS = 7, 5
# key, what the page calls it, the ends of its scale
FACTORS = (
    ("oee", "OEE, shift so far", "", 0.5, 1.0),
    ("availability", "Availability", "=", 0.5, 1.0),
    ("effectiveness", "Performance", "×", 0.5, 1.0),
    ("quality_ratio", "Quality", "×", 0.9, 1.0),
)


def overview(request: HttpRequest) -> HttpResponse:
    timezone = request.place.tenant.timezone
    now = clock.now()
    machines = list(plant_machines().filter(active=True))
    if not machines:
        return render(request, "empty.html", {"page": "overview"})
    number = sequence(connection.schema_name)
    shift = shift_now(machines, timezone=timezone, now=now)
    interval = shift.interval if shift else Interval(now - SHIFT_LENGTH, now)
    context = {
        "page": "overview",
        "now": now,
        "shift": shift,
        "shift_passed": shift_passed(shift, now),
        "may_explain": may(request.place.role, Action.GIVE_REASON),
        "sequence": number,
        "states": state_words(),
        "tiles": _tiles(machines, shift, interval, timezone=timezone, now=now),
        "stops": stops_in(interval)[:LAST_STOPS],
        "simulated": any(m.connection and m.connection.simulated for m in machines),
        **_equation(machines, shift, now),
        **_week(machines, timezone=timezone, now=now),
    }
    context["worst"] = next((t for t in context["tiles"] if t["tone"] == "down"), None)
    return render(request, "overview.html", context)


def _tiles(
    machines: list[Machine],
    shift: PlannedShift | None,
    interval: Interval,
    *,
    timezone: str,
    now: datetime,
) -> list[dict[str, Any]]:
    names = [(machine.machine_id, machine.machine_name) for machine in machines]
    elements = machine_elements(connection.schema_name, names)
    shifts = {machine.pk: [shift] for machine in machines} if shift else {}
    strips = stretches_of(machines, interval, now=now, shifts=shifts)
    return worst_first(
        [
            tile(
                machine,
                element,
                stretches=strips[machine.pk],
                interval=interval,
                timezone=timezone,
                now=now,
            )
            for machine, element in zip(machines, elements, strict=True)
        ]
    )


def _equation(machines: list[Machine], shift: PlannedShift | None, now: datetime) -> dict[str, Any]:
    """The running shift as one line: OEE = A × P × Q, good pieces, downtime."""
    if shift is None:
        return {"kpi": None}
    window = Window(shift.interval, (shift.date, shift.date + timedelta(days=1)))
    values = kpis(kpi_sums(window=window, machines=machines, shift=shift.name, now=now).total)
    factors = [
        {
            "key": key,
            "label": label,
            "op": op,
            "value": values[key],
            "reason": values["reasons"].get(key, ""),
            "bar": analogue_bar(values[key], low=low, high=high, target=None, title=label),
        }
        for key, label, op, low, high in FACTORS
    ]
    busy = shift.elapsed(now)[1]
    ideal = sum(busy / machine.pri_s for machine in machines if machine.pri_s)
    return {"kpi": values, "factors": factors, "ideal_pieces": ideal or None}


def _week(machines: list[Machine], *, timezone: str, now: datetime) -> dict[str, Any]:
    """Good pieces a day against what ideal speed would have made, and OEE by machine."""
    window = Window.of_days(DAYS, now=now, timezone=timezone)
    week = kpi_sums(window=window, machines=machines, group_by="day", now=now)
    pace = sum(1 / machine.pri_s for machine in machines if machine.pri_s) / len(machines)
    made = dict(week.groups or [])
    days = []
    for n in range(DAYS):
        day = (window.dates or (now.date(),))[0] + timedelta(days=n)
        sums = made.get(day.isoformat())
        days.append(
            {
                "day": day,
                "good": kpis(sums)["good_units"] if sums else None,
                "ideal": sums.pbt_s * pace if sums else None,
            }
        )
    ranked = sorted(
        ((m.machine_name, kpis(sums)["oee"]) for m, sums in week.machines),
        key=lambda row: (row[1] is None, row[1]),
    )
    return {
        "days": days,
        "trend": day_columns(
            [(_label(d["day"]), d["good"], d["ideal"]) for d in days],
            title="Good pieces of each of the last seven days against ideal speed",
        ),
        "compared": compared(
            [(name, oee, "–" if oee is None else f"{oee * 100:.1f} %") for name, oee in ranked],
            title="OEE of each machine over the last seven days",
        ),
        "ranked": ranked,
        "week": kpis(week.total),
    }


def _label(day: date) -> str:
    return f"{day:%a} {day.day}"
