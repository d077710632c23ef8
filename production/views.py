"""The pages of what is configured."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from production.models import Connection, Machine, ShiftPattern
from tenants.permissions import Action


def setup(request: HttpRequest) -> HttpResponse:
    """`/settings/`, to read."""
    machines = Machine.objects.select_related("line", "shift_pattern").prefetch_related("signals")
    context = {
        "page": "settings",
        "now": clock.now(),
        "connections": Connection.objects.all(),
        "machines": machines,
        "patterns": ShiftPattern.objects.all(),
        "may_configure": request.place.may(Action.CONFIGURE),
        "may_manage_people": request.place.may(Action.MANAGE_PEOPLE),
    }
    return render(request, "settings.html", context)
