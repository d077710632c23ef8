"""`/settings/members/`: who belongs to the plant, with which role."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from amis.errors import AmisError, Invalid
from tenants.models import Role
from tenants.pages.page import of_people, show
from tenants.permissions import RANK
from tenants.selectors import members_of
from tenants.services.members import (
    access_of,
    change_role,
    grant_access,
    invite_again,
    name_for,
    revoke_access,
)

HERE = "/settings/members/"


@of_people
def members(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _table(request)
    try:
        act = ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Invalid(_("This form is out of date; reload the page and try again."))
        messages.success(request, act(request))
    except AmisError as fault:
        return _table(request, fault)
    return redirect(HERE)


def _table(request: HttpRequest, fault: AmisError | None = None) -> HttpResponse:
    own = RANK[request.place.role]
    rows = [
        {"member": one, "is_touchable": RANK[one.highest_role] <= own}
        for one in members_of(request.place.tenant)
    ]
    asked = request.POST if fault and request.POST.get("do") == "grant" else {}
    context = {
        "tab": "members",
        "rows": rows,
        "roles": [role for role in Role if RANK[role] <= own],
        "asked": {"role": Role.VIEWER.value, **{key: asked[key] for key in asked}},
    }
    return show(request, "people/members.html", context, fault)


def _grant(request: HttpRequest) -> str:
    asked = request.POST.dict()
    if not asked.get("user_id", "").strip():
        asked["user_id"] = name_for(asked.get("user_email", ""))
    granted = grant_access(place=request.place, by=request.user, access=access_of(asked))
    names = {"who": granted.user.email, "role": Role(granted.role).label.lower()}
    if granted.invited:
        return _("%(who)s is %(role)s now; a mail asks for a password.") % names
    return _("%(who)s is %(role)s now.") % names


def _change(request: HttpRequest) -> str:
    role = request.POST.get("role", "")
    user = change_role(
        place=request.place, by=request.user, user_id=request.POST.get("user_id", ""), role=role
    )
    return _("%(who)s is %(role)s now.") % {"who": user.email, "role": Role(role).label.lower()}


def _revoke(request: HttpRequest) -> str:
    user_id = request.POST.get("user_id", "")
    user = revoke_access(place=request.place, by=request.user, user_id=user_id)
    return _(
        "%(who)s has no access any more; keys and open pages of this plant are dead. "
        "To undo it, give the role again."
    ) % {"who": user.email}


def _invite_again(request: HttpRequest) -> str:
    user_id = request.POST.get("user_id", "")
    user = invite_again(place=request.place, by=request.user, user_id=user_id)
    return _("%(who)s gets another mail with a link.") % {"who": user.email}


ACTS: dict[str, Callable[[HttpRequest], str]] = {
    "grant": _grant,
    "change": _change,
    "revoke": _revoke,
    "invite": _invite_again,
}
"""What the button of a form says, and what then happens; each returns a sentence."""
