"""Sums over plants, from what each published; read under the public role, which sees no plant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django_tenants.utils import schema_context

from analytics.kpis.rollup import Sums
from analytics.selectors.silence import ROUNDING_S
from production.shopfloor.window import Window
from tenants.models import PublishedPlant, Tenant

FIGURES = [f.name for f in fields(Sums)]
ADDED = ", ".join(f"sum({name})" for name in FIGURES)
# A window with dates counts a shift on its plant day, one of instants by its start.
ASKED = {
    True: (
        "unnest(%s::text[], %s::date[], %s::date[]) AS w(tenant, first, last)"
        " JOIN tenants_publishedshift p ON p.tenant_id = w.tenant"
        " AND p.shift_date >= w.first AND p.shift_date < w.last"
    ),
    False: (
        "unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS w(tenant, first, last)"
        " JOIN tenants_publishedshift p ON p.tenant_id = w.tenant"
        " AND p.shift_start >= w.first AND p.shift_start < w.last"
    ),
}
# The KPIs of a plant set what a machine worked beyond its plan against its own silence in the
# window, and leave the running shift out where a record of it is there: so does this.
SILENT = """
SELECT tenant_id, sum(lack) FROM (
  SELECT p.tenant_id,
    coalesce(sum(cell.value::float8) FILTER (WHERE part.key = 'due'), 0)
    + CASE WHEN bool_or(part.key = 'running') THEN 0
      ELSE coalesce(sum(cell.value::float8) FILTER (WHERE part.key = 'open'), 0) END AS lack
  FROM {asked}, jsonb_each(p.silence) AS part, jsonb_each_text(part.value) AS cell
  WHERE p.silence IS NOT NULL GROUP BY p.tenant_id, cell.key
) AS machines WHERE lack > %s GROUP BY tenant_id
"""


@dataclass(frozen=True, slots=True)
class PlantSums:
    """One plant's sums in its own window, and how far and when it published; None: never."""

    tenant: Tenant
    window: Window
    sums: Sums = field(default_factory=Sums)
    version: int = 0
    published_at: datetime | None = None
    targets: Mapping[str, float] = field(default_factory=dict)


def plant_sums(windows: Sequence[tuple[Tenant, Window]]) -> list[PlantSums]:
    """The plants in the order in which they are given, each over its own window."""
    with schema_context("public"):
        sums: dict[str, Sums] = {}
        for by_dates in (True, False):
            asked = [pair for pair in windows if (pair[1].dates is not None) is by_dates]
            if asked:
                sums |= _sums(asked, by_dates=by_dates)
        names = [tenant.schema_name for tenant, _ in windows]
        rows = {row.tenant_id: row for row in PublishedPlant.objects.filter(tenant__in=names)}
    return [_plant(one, window, sums, rows) for one, window in windows]


def daily_sums(windows: Sequence[tuple[Tenant, Window]]) -> dict[str, dict[date, Sums]]:
    """By plant and plant day, of windows with dates; without the silence, which no ratio needs."""
    found: dict[str, dict[date, Sums]] = {tenant.schema_name: {} for tenant, _ in windows}
    sql = f"SELECT p.tenant_id, p.shift_date, {ADDED} FROM {ASKED[True]} GROUP BY 1, 2 ORDER BY 2"
    with schema_context("public"):
        for tenant_id, day, *figures in _rows(sql, _bounds(windows, by_dates=True)):
            found[tenant_id][day] = Sums(*map(_plain, figures))
    return found


def _plant(
    tenant: Tenant, window: Window, sums: Mapping[str, Sums], rows: Mapping[str, PublishedPlant]
) -> PlantSums:
    row, added = rows.get(tenant.schema_name), sums.get(tenant.schema_name, Sums())
    if row is None:
        return PlantSums(tenant, window, added)
    return PlantSums(tenant, window, added, row.data_version, row.published_at, row.targets)


def _sums(windows: Sequence[tuple[Tenant, Window]], *, by_dates: bool) -> dict[str, Sums]:
    asked, bounds = ASKED[by_dates], _bounds(windows, by_dates=by_dates)
    added = _rows(f"SELECT p.tenant_id, {ADDED} FROM {asked} GROUP BY 1", bounds)
    found = {tenant_id: Sums(*map(_plain, figures)) for tenant_id, *figures in added}
    for tenant_id, seconds in _rows(SILENT.format(asked=asked), [*bounds, ROUNDING_S]):
        sums = found[tenant_id]
        found[tenant_id] = replace(sums, no_data_s=sums.no_data_s + seconds)
    return found


def _bounds(windows: Sequence[tuple[Tenant, Window]], *, by_dates: bool) -> list[list[Any]]:
    ends = [
        window.dates if by_dates else (window.interval.start, window.interval.end)
        for _, window in windows
    ]
    return [[tenant.schema_name for tenant, _ in windows], *map(list, zip(*ends, strict=True))]


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _plain(value: Any) -> float | int:
    """A count comes as a decimal."""
    return value if isinstance(value, float) else int(value)
