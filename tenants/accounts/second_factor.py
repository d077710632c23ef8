"""The second factor: time-based codes whose secrets lie sealed in the database."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _

from tenants.secrets import seal, unseal


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not correct, or it was used already. Wait for the next one; the clock of"
            " your device must be right."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises WrongKey when none of the keys opens it."""
        return unseal(encrypted_text)
