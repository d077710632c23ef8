"""`/accounts/profile/`: everybody's own, on every host; with the ways to password and second
factor.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from amis.errors import AmisError, Invalid, NotFound
from tenants import selectors
from tenants.middleware import refusal
from tenants.models.people import Theme, TimeDisplay
from tenants.services.people import set_profile
from tenants.sessions import session_belongs_to

HERE = "/accounts/profile/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    try:
        # It opens before the door has asked: a session is worth nothing on another host.
        if not session_belongs_to(request, request.get_host()):
            raise NotFound(selectors.NO_SUCH_TENANT)
        home = selectors.tenant_of_host(request.get_host())
    except AmisError as error:
        return refusal(request, error)
    fault = None
    if request.method == "POST":
        asked = {name: request.POST.get(name, "") for name in ("theme", "time_display")}
        try:
            set_profile(user=request.user, **asked)
        except Invalid as error:
            fault = error
        else:
            messages.success(request, _("Saved."))
            return redirect(HERE)
    return _show(request, home, fault)


def _show(request: HttpRequest, home: str | None, fault: Invalid | None) -> HttpResponse:
    errors = fault.extra["errors"] if fault else []
    context = {
        "themes": Theme.choices,
        "times": TimeDisplay.choices,
        "faults": {error["field"]: error["message"] for error in errors},
        "back": "/" if home else "/accounts/plants/",
    }
    return render(request, "people/profile.html", context, status=fault.status if fault else 200)
