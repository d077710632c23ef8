"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.accounts import heard
from tenants.secrets import WrongKey, seal

LONGEST_NAME = 254


class SignInForm(LoginForm):
    """Its fields are `username` (an e-mail address or a user's name) and `password`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = forms.CharField(
            label=_("E-mail or user name"),
            max_length=LONGEST_NAME,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
        )
        name.widget.attrs["maxlength"] = str(LONGEST_NAME)
        self.fields["login"] = name
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def add_prefix(self, field_name: str) -> str:
        """The library calls the field `login`; scripts and browsers send it as `username`."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class _Watched(BaseAuthenticateForm):
    """Wrong codes are written down; a factor that no key opens is told, not a crash."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except WrongKey as error:
            raise ValidationError(error.message) from error
        except ValidationError:
            heard.failed_sign_in(context.request, self.user.email, about="second factor")
            raise


class SwitchOnForm(ActivateTOTPForm):
    """The code that switches the second factor on is used up by that; it signs nobody in."""

    def clean_code(self) -> str:
        code = super().clean_code()
        data = {"secret": seal(self.secret)}
        TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP, data=data)).validate_code(
            code
        )
        return code


class CodeForm(_Watched, AuthenticateForm):
    """The code that sign-in asks for."""


class CodeAgainForm(_Watched, ReauthenticateForm):
    """The code that something delicate asks for."""
