"""Asking a new member for a first password: a mail with a link that works once, on the plant's
host.
"""

from __future__ import annotations

from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from amis.errors import NotFound
from tenants.models import AccessLog, Membership, Tenant, User
from tenants.services.audit import note
from tenants.sessions import plant_url

VALID_DAYS = 7
SALT = "amis.invitation"


def invite(*, user: User, tenant: Tenant, by: User) -> None:
    """Mail the person the way into the plant. Who has a password already is told where to sign in.

    Call it once the membership is written: the mail goes at once.
    """
    url = plant_url(tenant)
    is_new = not user.has_usable_password()
    names = {
        "url": f"{url}/accounts/invitation/{invitation_for(user, tenant)}/" if is_new else url,
        "is_new": is_new,
        "plant": tenant.tenant_name,
        "by": by,
        "user": user,
        "days": VALID_DAYS,
    }
    EmailMessage(
        # A line end in a name would be another header.
        subject=" ".join((_("Your way into %(plant)s") % {"plant": tenant.tenant_name}).split()),
        body=render_to_string("account/email/invitation.txt", names),
        to=[user.email],
    ).send()
    note(AccessLog.Action.INVITED, user=by, tenant_id=tenant.tenant_id, about=user.email)


def invitation_for(user: User, tenant: Tenant) -> str:
    """A text that names person and plant and dies with the next change of the password."""
    payload = {"user": user.pk, "tenant": tenant.tenant_id, "mark": _mark(user)}
    return signing.dumps(payload, salt=SALT)


def invited_by(text: str, *, tenant_id: str, for_use: bool = False) -> User:
    """The person whom an invitation names; `for_use` lets nobody else use it until the transaction
    ends. Raises NotFound when it is stale, was used, is for another plant, or when the person is
    no member any more.
    """
    try:
        payload = signing.loads(text, salt=SALT, max_age=VALID_DAYS * 86_400)
    except signing.BadSignature as error:
        raise _dead() from error
    members = Membership.objects.filter(tenant__schema_name=tenant_id, user__is_active=True)
    if for_use:
        members = members.select_for_update(of=("user",))
    found = members.filter(user_id=payload["user"]).select_related("user").first()
    if payload["tenant"] != tenant_id or found is None or payload["mark"] != _mark(found.user):
        raise _dead()
    return found.user


def _mark(user: User) -> str:
    """Changes with the password, also with one that nobody can use."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}").hexdigest()[:32]


def _dead() -> NotFound:
    return NotFound(_("This invitation was used already or is too old; ask for another one."))
