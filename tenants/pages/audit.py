"""`/settings/audit/`: who did what in the plant that somebody may have to answer for."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from tenants.api.query import choice_of, number_of, text_of
from tenants.models import AccessLog
from tenants.pages.page import of_people, show
from tenants.selectors import log_of

ROWS = 50


@of_people
def audit(request: HttpRequest) -> HttpResponse:
    """`action` and `user` (a part of the address) narrow the list, `page` counts from 1."""
    asked = {key: value for key, value in request.GET.dict().items() if value}
    action = choice_of(asked, "action", tuple(AccessLog.Action.values))
    user = text_of(asked, "user")
    page = number_of(asked, "page", default=1, lowest=1, highest=100_000)
    lines = log_of(request.place.tenant, action=action, user=user)
    start = (page - 1) * ROWS
    found = list(lines[start : start + ROWS + 1])
    narrowed = {key: value for key, value in (("action", action), ("user", user)) if value}
    context = {
        "tab": "audit",
        "rows": found[:ROWS],
        "actions": AccessLog.Action.choices,
        "action": action or "",
        "user": user or "",
        "newer": f"?{urlencode(narrowed | {'page': page - 1})}" if page > 1 else "",
        "older": f"?{urlencode(narrowed | {'page': page + 1})}" if len(found) > ROWS else "",
    }
    return show(request, "people/audit.html", context)
