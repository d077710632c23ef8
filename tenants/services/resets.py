"""Mailing the link by which a forgotten password is chosen anew."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenants.models import User

LINK = "{origin}/accounts/password/reset/key/{uid}-{token}/"


def mail_reset(*, email: str, origin: str) -> bool:
    """Mail the link to the account with this address, on the host where it was asked for
    (`https://host:port`); whether there is one.
    """
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return False
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    url = LINK.format(origin=origin, uid=user_pk_to_url_str(user), token=token)
    EmailMessage(
        subject=_("A new password for AMIS"),
        body=render_to_string("account/email/reset.txt", {"user": user, "url": url}),
        to=[user.email],
    ).send()
    return True
