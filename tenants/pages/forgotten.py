"""The form of a forgotten password: what it does and how long that takes is the same whether or
not there is such an account.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest
from kombu.exceptions import OperationalError

from tenants.sessions import mailed_url
from tenants.tasks import mail_reset

log = logging.getLogger(__name__)


class ForgottenForm(ResetPasswordForm):
    """Field: `email`."""

    def clean_email(self) -> str:
        """Nobody is looked for here; a worker does that."""
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        origin = mailed_url(request.get_host())
        try:
            mail_reset.apply_async(kwargs={"email": email, "origin": origin}, retry=False)
        except OperationalError:
            log.error("A link to a new password was not mailed: no worker takes messages.")
        return email
