"""What every page's template knows: the plant, the person's role, and the way to other plants."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from tenants.models.people import Theme
from tenants.permissions import PlatformAction, may_on_platform
from tenants.selectors import is_base_host


def place(request: HttpRequest) -> dict[str, Any]:
    found = getattr(request, "place", None)
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "plant": found.tenant if found else None,
        "corporate_url": _on_the_base_host(request, "/corporate/"),
        "sees_all_plants": signed_in and may_on_platform(user, PlatformAction.VIEW_CORPORATE),
        "theme": user.theme if signed_in else Theme.SYSTEM.value,
        "zone": found.zone if found else "UTC",
        "role": found.role if found else None,
        "is_demo": settings.ENVIRONMENT.demo,
        "live_interval_s": settings.LIVE_INTERVAL_S,
        "version": settings.VERSION,
    }


def _on_the_base_host(request: HttpRequest, path: str) -> str:
    """The path there, where the request came by another host with the same port. A page that
    refuses a malformed host has this context too.
    """
    port = request.get_port()
    try:
        is_there = is_base_host(request.get_host())
    except DisallowedHost:
        is_there = True
    if is_there:
        return path
    standard = "443" if request.scheme == "https" else "80"
    return (
        f"{request.scheme}://{settings.BASE_DOMAIN}{'' if port == standard else f':{port}'}{path}"
    )
