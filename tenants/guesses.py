"""The pages where a password or a code can be guessed: wrong answers are counted and held up.

It stands before whatever asks the database or hashes a password, so that an attack costs little.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from amis import trace
from amis.errors import TooMany
from tenants import rates
from tenants.middleware import refusal

Answer = Callable[[HttpRequest], HttpResponse]
SIGN_IN = frozenset({"/accounts/login/", "/admin/login/"})
CODES = frozenset({"/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/"})
OWN_PASSWORD = frozenset({"/accounts/reauthenticate/", "/accounts/password/change/"})
LETTERS = frozenset({"/accounts/password/reset/"})
WATCHED = SIGN_IN | CODES | OWN_PASSWORD | LETTERS
PENDING = "account_login"
"""Where django-allauth keeps who has proved a password and still owes a code."""


class Guesses:
    """Answers 429 where a minute has had its wrong attempts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path_info not in WATCHED:
            return self.get_response(request)
        try:
            counted = _count(request)
        except TooMany as error:
            return refusal(request, error)
        response = self.get_response(request)
        if not _was_wrong(request, response):
            rates.forgive(counted)
        return response


def _count(request: HttpRequest) -> tuple[str, ...]:
    address, path = trace.address.get(), request.path_info
    if path in CODES:
        return rates.check_second_factor(_person(request), address)
    if path in OWN_PASSWORD:
        return rates.check_sign_in(f"person {_person(request)}", address)
    return rates.check_sign_in(_typed(request), address)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("username") or request.POST.get("email") or ""


def _person(request: HttpRequest) -> str:
    """Who is signed in, or has come as far as the second factor; "" for anybody else."""
    pending = request.session.get(PENDING)
    half = pending.get("user_pk") if isinstance(pending, dict) else None
    return str(request.session.get(SESSION_KEY) or half or "")


def _was_wrong(request: HttpRequest, response: HttpResponse) -> bool:
    """A right answer leads on; a fault of ours is nobody's guess. Each letter counts."""
    if request.path_info in LETTERS:
        return True
    return response.status_code < 300 or 400 <= response.status_code < 500
