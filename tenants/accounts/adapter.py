"""How accounts work here: sessions of one host, no sign-up, and a line in the access log."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from tenants import sessions
from tenants.accounts import heard
from tenants.models import AccessLog, User
from tenants.selectors import is_base_host

NOT_CORRECT = _("Account or password is not correct.")
PROVED = "proved"
"""Where a session keeps, as a hash, with which password signing in began."""
SILENT = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
FACTOR_NEWS = {
    "mfa/email/totp_activated": "switched on",
    "mfa/email/totp_deactivated": "switched off",
    "mfa/email/recovery_codes_generated": "new recovery codes",
}


class ResetTokens(PasswordResetTokenGenerator):
    """Django's: a link dies with the password, with the next sign-in and after its time."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # The same words whatever was typed, and whether or not there is such an account.
        "email_password_mismatch": NOT_CORRECT,
        "username_password_mismatch": NOT_CORRECT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """These are pages and nothing else."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        pass

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        heard.failed_sign_in(request, credentials.get("username", ""))

    def reauthenticate(self, user: User, password: str) -> bool:
        return user.check_password(password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a moment ago is not asked for the password again."""
        at = self.request.session.get(sessions.SIGNED_IN_AT, 0)
        return time.time() - at > app_settings.REAUTHENTICATION_TIMEOUT

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        request.session[PROVED] = user.get_session_auth_hash()
        return super().pre_login(request, user, **more)

    def login(self, request: HttpRequest, user: User) -> None:
        """Raises ImmediateHttpResponse where, between password and code, the password was changed
        or the account switched off.
        """
        proved = request.session.pop(PROVED, "")
        is_same = constant_time_compare(proved, user.get_session_auth_hash())
        if not (is_same and user.is_active):
            raise ImmediateHttpResponse(redirect("account_login"))
        sessions.begin_session(request, user)
        heard.heard(AccessLog.Action.SIGNED_IN, request, user)

    def logout(self, request: HttpRequest) -> None:
        heard.heard(AccessLog.Action.SIGNED_OUT, request, request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Raises ImmediateHttpResponse where somebody set it since this request read the account:
        of two who use one link at the same time the first is heard.
        """
        stored = User.objects.select_for_update().filter(pk=user.pk)
        if stored.values_list("password", flat=True).first() != user.password:
            raise ImmediateHttpResponse(redirect("account_reset_password"))
        super().set_password(user, password)
        heard.heard(AccessLog.Action.PASSWORD_CHANGED, self.request, user)

    def send_notification_mail(self, template_prefix: str, user: User, *_: Any, **__: Any) -> None:
        """News of the second factor; it is written down, not mailed."""
        if template_prefix in FACTOR_NEWS:
            news = FACTOR_NEWS[template_prefix]
            heard.heard(AccessLog.Action.SECOND_FACTOR_CHANGED, self.request, user, about=news)

    def add_message(self, request: HttpRequest, level: int, message_template: Any = None,
                    *args: Any, **kwargs: Any) -> None:  # fmt: skip
        """What a page says the next time that it is shown; signing in and out need no words."""
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/accounts/plants/" if is_base_host(request.get_host()) else "/"

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_login")
