"""`/corporate/`: the plants that a person may see, by their gap to target; base hosts only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock
from django_tenants.utils import schema_context

from amis.errors import AmisError, Invalid, NotFound
from analytics.selectors.corporate import daily_sums
from analytics.services.corporate import view_plants
from analytics.views.corporate_rows import DAYS, all_plants, found, plant_rows, with_target
from production.api.query import plant_windows, window_of
from production.shopfloor.window import Window
from tenants.middleware import refusal
from tenants.models import Tenant
from tenants.selectors import is_base_host, plants_in_sum, visible_tenants

PERIODS = (1, 7, 30)


def corporate(request: HttpRequest) -> HttpResponse:
    with schema_context("public"):
        try:
            if not is_base_host(request.get_host()):
                raise NotFound("There is nothing at this address.")
            plants = plants_in_sum(request.user, token=request.token)
        except AmisError as error:
            return refusal(request, error)
        return _page(request, plants)


def _page(request: HttpRequest, plants: Sequence[Tenant]) -> HttpResponse:
    now = clock.now()
    context = {"now": now, "periods": PERIODS, "asked": request.GET, "all_days": DAYS}
    try:
        windows = plant_windows(request.GET, plants)
    except Invalid as error:
        return render(request, "corporate.html", context | {"fault": error.message}, status=400)
    shown = view_plants(windows, user=request.user, asked=request.GET)
    lines = [(one, Window.of_days(DAYS, now=now, timezone=one.timezone)) for one in plants]
    rows = plant_rows(shown, daily_sums(lines) if lines else {}, now=now)
    context |= {
        **rows,
        "found": found(rows["rows"]),
        "total": all_plants(shown),
        "aimed": all_plants(with_target(shown)),
        "without_target": len(shown) - len(with_target(shown)),
        "period": _period(window_of(request.GET, timezone="UTC")),
        "stale": [row["plant"].tenant_name for row in rows["rows"] if row["is_stale"]],
        "may_enter": {one.pk for one in visible_tenants(request.user)},
    }
    return render(request, "corporate.html", context)


def _period(window: Window) -> dict[str, Any]:
    """What the page covers: so many days, plant days from one to another, or instants."""
    first, after = window.dates or (None, None)
    return {
        "days": window.days,
        "first": first,
        "last": after and after - timedelta(days=1),
        "interval": None if window.dates else window.interval,
    }
