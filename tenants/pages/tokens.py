"""`/settings/tokens/`: the keys of programs; a new one's text is shown once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from amis.errors import AmisError, Invalid, NotAllowed
from tenants.models import Scope
from tenants.pages.page import of_people, show
from tenants.selectors import tokens_of
from tenants.services.tokens import make_token, revoke_token

HERE = "/settings/tokens/"
LIVES = (30, 90, 365)
MEANS = {
    Scope.READ: gettext_lazy("pages, lists and figures"),
    Scope.SUBMIT: gettext_lazy("production figures, reasons, reports and insights"),
    Scope.MANAGE: gettext_lazy("machines, models, schedules and people, as far as the role goes"),
}


@of_people
def tokens(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _table(request)
    try:
        return _revoke(request) if request.POST.get("do") == "revoke" else _make(request)
    except AmisError as fault:
        return _table(request, fault=fault)


def _table(request: HttpRequest, *, new: str = "", fault: AmisError | None = None) -> HttpResponse:
    asked = request.POST if fault and request.POST.get("do") != "revoke" else None
    context = {
        "tab": "tokens",
        "rows": tokens_of(request.place.tenant),
        "new": new,
        "name": asked.get("name", "") if asked else "",
        "chosen": asked.getlist("scopes") if asked else [Scope.READ.value],
        "scopes": [(scope.value, scope.label, MEANS[scope]) for scope in Scope],
        "days": asked.get("days", "") if asked else str(LIVES[1]),
        "lives": [
            *((str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in LIVES),
            ("", _("until it is revoked")),
        ],
        "moment": clock.now(),
    }
    return show(request, "people/tokens.html", context, fault)


def _make(request: HttpRequest) -> HttpResponse:
    """The answer itself shows the text, so that it is in no cookie and no address."""
    if request.token is not None:
        raise NotAllowed(_("A token makes no tokens; sign in."))
    days = request.POST.get("days", "")
    if days and not (days.isascii() and days.isdigit() and len(days) < 5):
        raise Invalid.fields([("days", _("choose one"))])
    text = make_token(
        place=request.place,
        by=request.user,
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scopes"),
        days=int(days) if days else None,
    )
    return _table(request, new=text)


def _revoke(request: HttpRequest) -> HttpResponse:
    given = request.POST.get("token_id", "")
    token_id = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    token = revoke_token(place=request.place, by=request.user, token_id=token_id)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect(HERE)
