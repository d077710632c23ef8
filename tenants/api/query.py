"""What a query string may say anywhere: words, numbers, choices, a page; faults name a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter

from amis.errors import Invalid

DEFAULT_LIMIT, MOST_ROWS = 100, 1000
LONGEST = 200
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
FARTHEST = 10**9


def whole_number(name: str, lowest: int, highest: int, description: str) -> OpenApiParameter:
    """A parameter that `number_of` reads, with its bounds for the OpenAPI document."""
    schema = {"type": "integer", "minimum": lowest, "maximum": highest}
    return OpenApiParameter(name, schema, description=description)


PAGE_PARAMETERS = [
    whole_number("limit", 1, MOST_ROWS, "rows of a page (100)"),
    whole_number("offset", 0, FARTHEST, "rows before the page (0)"),
]


def invalid(field: str, message: str) -> Invalid:
    """A 400 that names the field in its sentence and in `errors`."""
    return Invalid.fields([(field, message)])


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
        offset=number_of(query, "offset", default=0, lowest=0, highest=FARTHEST),
        address=request.build_absolute_uri(request.path),
        query=query.dict(),
    )
