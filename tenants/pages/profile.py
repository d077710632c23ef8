"""`/accounts/profile/`: everybody's own, on every host; with the ways to password and second
factor.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amis.errors import Invalid
from tenants.account_pages import at_home
from tenants.models.people import Theme, TimeDisplay
from tenants.services.people import set_profile

HERE = "/accounts/profile/"


@at_home
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request)
    asked = {name: request.POST.get(name, "") for name in ("theme", "time_display")}
    try:
        set_profile(user=request.user, **asked)
    except Invalid as fault:
        return _show(request, fault)
    messages.success(request, _("Saved."))
    return redirect(HERE)


def _show(request: HttpRequest, fault: Invalid | None = None) -> HttpResponse:
    errors = fault.extra["errors"] if fault else []
    context = {
        "themes": Theme.choices,
        "times": TimeDisplay.choices,
        "faults": {error["field"]: error["message"] for error in errors},
        "back": "/" if request.plant_of_host else "/accounts/plants/",
    }
    return render(request, "people/profile.html", context, status=fault.status if fault else 200)
