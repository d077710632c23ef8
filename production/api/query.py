"""What a query string may say: a window, machines, a page; every fault names its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter

from amis.errors import Invalid, NotFound
from amis.interval import Interval
from production.models import Line, Machine, ProductionRecord, ShiftPattern
from production.selectors.machines import plant_machines
from production.shopfloor.window import Window

DEFAULT_DAYS, MOST_DAYS = 7, 365
DEFAULT_LIMIT, MOST_ROWS = 100, 1000
YEARS = range(1970, 2200)
LONGEST = 200
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A plus sign that nobody encoded arrives as a space.
LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")

WINDOW_PARAMETERS = [
    OpenApiParameter("days", int, description="1..365 (7); not together with from and to"),
    OpenApiParameter("from", str, description="ISO instant, or plant date"),
    OpenApiParameter("to", str, description="the end, not included"),
    OpenApiParameter("machine_id", str),
    OpenApiParameter("line", str),
    OpenApiParameter("shift", str),
]
PAGE_PARAMETERS = [
    OpenApiParameter("limit", int, description="1..1000 (100)"),
    OpenApiParameter("offset", int, description="0 or more (0)"),
]


@dataclass(frozen=True, slots=True)
class Scope:
    """The machines that a question is about, and the one shift name, where there is one."""

    machines: list[Machine]
    machine_id: str | None
    shift: str | None


def invalid(field: str, message: str) -> Invalid:
    """A 400 that names the field in its sentence and in `errors`."""
    return Invalid(
        f"{field}: {message}.", errors=[{"row": None, "field": field, "message": message}]
    )


def text_of(query: Mapping[str, str], name: str) -> str | None:
    """One value of the query string; None when absent. Empty is a value, and a wrong one."""
    value = query.get(name)
    if value is None:
        return None
    if len(value) > LONGEST:
        raise invalid(name, f"longer than {LONGEST} characters")
    if UNPRINTABLE.search(value):
        raise invalid(name, "holds a control character")
    return value


def number_of(
    query: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int
) -> int:
    value = text_of(query, name)
    if value is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,12}", value) or not lowest <= int(value) <= highest:
        raise invalid(name, f"must be a whole number from {lowest} to {highest}")
    return int(value)


def choice_of(query: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = text_of(query, name)
    if value is not None and value not in choices:
        raise invalid(name, f"must be one of {', '.join(choices)}")
    return value


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


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list, and the addresses of its neighbours."""

    limit: int
    offset: int
    address: str
    query: dict[str, str]

    def envelope(self, count: int, results: list[Any]) -> dict[str, Any]:
        after, before = self.offset + self.limit, max(0, self.offset - self.limit)
        return {
            "count": count,
            "next": self._at(after) if after < count else None,
            "previous": self._at(before) if self.offset > 0 else None,
            "results": results,
        }

    def _at(self, offset: int) -> str:
        query = {**self.query, "limit": self.limit, "offset": offset}
        return f"{self.address}?{urlencode(query)}"


def page_of(request: HttpRequest) -> Page:
    """`limit` and `offset`. Raises Invalid naming the field."""
    query = request.GET
    return Page(
        limit=number_of(query, "limit", default=DEFAULT_LIMIT, lowest=1, highest=MOST_ROWS),
        offset=number_of(query, "offset", default=0, lowest=0, highest=10**9),
        address=request.build_absolute_uri(request.path),
        query=query.dict(),
    )
