"""The other pages where something can be guessed: codes, one's own password, letters."""

from __future__ import annotations

from django.test import Client

from tenants.tests.test_second_factor import CODE, code_of, secret
from tenants.tests.test_sign_in import CHICAGO

__all__ = ["secret"]
RESET, CHANGE = "/accounts/password/reset/", "/accounts/password/change/"


def half_in(address: str) -> Client:
    """Somebody at this address who knows alice's password and owes the code."""
    client = Client(HTTP_HOST=CHICAGO, REMOTE_ADDR=address)
    values = {"username": "alice@amis.example", "password": "alice-knows-7"}
    assert client.post("/accounts/login/", values)["Location"].startswith(CODE)
    return client


def test_five_wrong_codes_of_a_person_are_enough_wherever_they_come_from(secret, alice):
    wrong = f"{(int(code_of(secret)) + 7) % 10**6:06}"
    thieves = [half_in(f"192.0.2.{number}") for number in range(7)]
    statuses = [thief.post(CODE, {"code": wrong}).status_code for thief in thieves]
    assert statuses == [200] * 5 + [429] * 2
    assert half_in("192.0.2.99").post(CODE, {"code": code_of(secret)}).status_code == 429


def test_who_gets_the_code_right_in_the_end_is_let_in(secret, alice):
    owner = half_in("192.0.2.1")
    for _ in range(4):
        owner.post(CODE, {"code": f"{(int(code_of(secret)) + 7) % 10**6:06}"})
    assert owner.post(CODE, {"code": code_of(secret)}).status_code == 302


def test_a_found_session_does_not_guess_the_password(db, alice, chicago, client_of):
    client = client_of(alice, chicago)
    values = {"oldpassword": "wrong", "password1": "new-one-77", "password2": "new-one-77"}
    statuses = [client.post(CHANGE, values).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_nobody_is_buried_in_letters(db, alice, chicago, mailoutbox):
    values = {"email": "alice@amis.example"}
    client = Client(HTTP_HOST=CHICAGO, REMOTE_ADDR="192.0.2.1")
    statuses = [client.post(RESET, values).status_code for _ in range(7)]
    assert statuses == [302] * 5 + [429] * 2
    unknown = Client(HTTP_HOST=CHICAGO, REMOTE_ADDR="192.0.2.2")
    answers = [unknown.post(RESET, {"email": "nobody@amis.example"}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == statuses
