"""What every page's template knows: the plant, the person's role, and the way to other plants."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def place(request: HttpRequest) -> dict[str, Any]:
    found = getattr(request, "place", None)
    return {
        "plant": found.tenant if found else None,
        "role": found.role if found else None,
        "is_demo": settings.ENVIRONMENT.demo,
        "live_interval_s": settings.LIVE_INTERVAL_S,
        "version": settings.VERSION,
    }
