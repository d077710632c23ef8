"""What a query string may say of a plant: a window, machines; every fault names its field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter

from amis.errors import NotFound
from amis.interval import Interval
from production.models import Line, Machine, ProductionRecord, ShiftPattern
from production.selectors.machines import plant_machines
from production.shopfloor.window import Window
from tenants.api.query import invalid, number_of, text_of, whole_number
from tenants.models import Tenant

DEFAULT_DAYS, MOST_DAYS = 7, 365
YEARS = range(1970, 2200)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A plus sign that nobody encoded arrives as a space.
LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")

WINDOW_PARAMETERS = [
    whole_number("days", 1, MOST_DAYS, "plant days (7); not together with from and to"),
    OpenApiParameter("from", str, description="ISO instant, or plant date"),
    OpenApiParameter("to", str, description="the end, not included"),
    OpenApiParameter("machine_id", str),
    OpenApiParameter("line", str),
    OpenApiParameter("shift", str),
]


@dataclass(frozen=True, slots=True)
class Scope:
    """The machines that a question is about, and the one shift name, where there is one."""

    machines: list[Machine]
    machine_id: str | None
    shift: str | None


def window_of(query: Mapping[str, str], *, timezone: str, days: int = DEFAULT_DAYS) -> Window:
    """The window that `days`, or `from` and `to`, name. Raises Invalid naming the field."""
    start, end = text_of(query, "from"), text_of(query, "to")
    if start is None and end is None:
        count = number_of(query, "days", default=days, lowest=1, highest=MOST_DAYS)
        return Window.of_days(count, now=clock.now(), timezone=timezone)
    if text_of(query, "days") is not None:
        raise invalid("days", "give days, or from and to, not both")
    if start is None or end is None:
        raise invalid("from" if start is None else "to", "from and to belong together")
    first, last = _moment("from", start), _moment("to", end)
    if isinstance(first, datetime) != isinstance(last, datetime):
        raise invalid("to", "from and to must both be dates or both be instants")
    if first > last:
        raise invalid("to", "must not be before from")
    if isinstance(first, datetime):
        return Window(Interval(first, last))
    return Window.of_dates(first, last, timezone=timezone)


def plant_windows(
    query: Mapping[str, str], plants: Sequence[Tenant]
) -> list[tuple[Tenant, Window]]:
    """What the same words mean in each plant: dates and days are the plant's own. Raises Invalid
    even where there is no plant.
    """
    zones = {plant.timezone for plant in plants} | {"UTC"}
    windows = {zone: window_of(query, timezone=zone) for zone in zones}
    return [(plant, windows[plant.timezone]) for plant in plants]


def instants_of(query: Mapping[str, str], *, default: Interval, timezone: str) -> Interval:
    """`from` and `to` as instants (dates: plant midnights), or the default."""
    if text_of(query, "from") is None and text_of(query, "to") is None:
        return default
    return window_of(query, timezone=timezone).interval


def _moment(field: str, text: str) -> Any:
    """A date, or an instant with its offset."""
    try:
        if DATE.fullmatch(text):
            moment: date = date.fromisoformat(text)
        else:
            moment = datetime.fromisoformat(LOST_PLUS.sub("+", text))
    except ValueError:
        raise invalid(field, "not a date such as 2026-03-08 nor an ISO 8601 instant") from None
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise invalid(field, "an instant needs its offset, for example 2026-03-08T06:00:00-06:00")
    if moment.year not in YEARS:
        raise invalid(field, f"the year must lie between {YEARS[0]} and {YEARS[-1]}")
    return moment


def scope_of(query: Mapping[str, str]) -> Scope:
    """The machines that `machine_id` and `line` choose, and the shift. NotFound when unknown."""
    machine_id, line = text_of(query, "machine_id"), text_of(query, "line")
    machines = list(plant_machines())
    if machine_id is not None:
        machines = [m for m in machines if m.machine_id == machine_id]
        if not machines:
            raise NotFound("There is no machine with this machine_id.")
    if line is not None:
        if not any(m.line and m.line.name == line for m in machines) and not _line_exists(line):
            raise NotFound("There is no line with this name.")
        machines = [m for m in machines if m.line and m.line.name == line]
    shift = text_of(query, "shift")
    return Scope(machines, machine_id, None if shift is None else known_shift(shift))


def _line_exists(name: str) -> bool:
    return Line.objects.filter(name=name).exists()


def known_shift(name: str) -> str:
    """The shift's name as the plant writes it, whatever the case. Raises NotFound."""
    for pattern in ShiftPattern.objects.all():
        for shift in pattern.shifts:
            if str(shift.get("name", "")).lower() == name.lower():
                return str(shift["name"])
    found = ProductionRecord.objects.filter(shift__iexact=name).values_list("shift", flat=True)
    shift_name = found.order_by().first()
    if shift_name is None:
        raise NotFound("There is no shift with this name.")
    return str(shift_name)
