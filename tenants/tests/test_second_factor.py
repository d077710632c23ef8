"""Codes of an authenticator beside the password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from tenants.models import AccessLog
from tenants.tests.test_sign_in import CHICAGO, sign_in

ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"
CODE = "/accounts/2fa/authenticate/"
SECRET = re.compile(r'data-totp-secret="([A-Z2-7]+=*)"')
RECOVERY = re.compile(r"data-recovery-code>(\d+)<")


def code_of(secret: str, *, steps: int = 0) -> str:
    """RFC 6238: SHA-1, six digits, thirty seconds; `steps` ahead of now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture
def secret(db, alice, chicago, django_capture_on_commit_callbacks) -> str:
    """The secret of alice's authenticator, which is on."""
    client, _ = sign_in("alice", "alice-knows-7")
    found = SECRET.search(client.get(ACTIVATE).text)[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ACTIVATE, {"code": code_of(found, steps=-1)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return found


def is_in(client: Client) -> bool:
    return client.get("/api/websocket/status").status_code == 200


def test_the_page_shows_the_secret_and_a_picture_of_it(db, alice, chicago):
    client, _ = sign_in("alice", "alice-knows-7")
    page = client.get(ACTIVATE)
    assert SECRET.search(page.text)
    assert 'name="code"' in page.text
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert "unsafe" not in page["Content-Security-Policy"]


def test_a_wrong_code_does_not_switch_it_on(db, alice, chicago):
    client, _ = sign_in("alice", "alice-knows-7")
    secret = SECRET.search(client.get(ACTIVATE).text)[1]
    wrong = f"{(int(code_of(secret)) + 1) % 10**6:06}"
    answer = client.post(ACTIVATE, {"code": wrong})
    assert "This code is not correct" in answer.text
    assert SECRET.search(answer.text)[1] == secret
    assert not Authenticator.objects.exists()


def test_sign_in_then_asks_for_the_code(secret, alice):
    client, answer = sign_in("alice", "alice-knows-7", to="?next=/risk/")
    assert answer["Location"].startswith(CODE)
    assert not is_in(client)
    assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/risk/"
    assert is_in(client)
    actions = list(AccessLog.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["signed_in", "second_factor_changed", "signed_in"]


def test_a_wrong_code_signs_nobody_in_and_is_written_down(secret, alice):
    client, _ = sign_in("alice", "alice-knows-7")
    answer = client.post(CODE, {"code": f"{(int(code_of(secret)) + 1) % 10**6:06}"})
    assert (answer.status_code, "This code is not correct" in answer.text) == (200, True)
    assert not is_in(client)
    line = AccessLog.objects.order_by("pk").last()
    assert (line.action, line.user_id, line.about) == ("sign_in_failed", alice.pk, "second factor")


def test_a_code_works_once(secret):
    code = code_of(secret)
    first, _ = sign_in("alice", "alice-knows-7")
    second, _ = sign_in("alice", "alice-knows-7")
    first.post(CODE, {"code": code})
    assert "was used already" in second.post(CODE, {"code": code}).text
    assert (is_in(first), is_in(second)) == (True, False)


def test_the_code_that_switched_it_on_signs_nobody_in(secret):
    client, _ = sign_in("alice", "alice-knows-7")
    answer = client.post(CODE, {"code": code_of(secret, steps=-1)})
    assert "was used already" in answer.text
    assert not is_in(client)


def test_a_recovery_code_works_once_too(secret):
    first, _ = sign_in("alice", "alice-knows-7")
    first.post(CODE, {"code": code_of(secret)})
    codes = RECOVERY.findall(first.get("/accounts/2fa/recovery-codes/").text)
    assert len(set(codes)) == 10
    for is_fresh in (True, False):
        client, _ = sign_in("alice", "alice-knows-7")
        client.post(CODE, {"code": codes[0]})
        assert is_in(client) == is_fresh


def test_the_password_page_does_not_let_the_code_be_passed_over(secret):
    client, _ = sign_in("alice", "alice-knows-7")
    for path in ("/", "/accounts/plants/", "/accounts/password/change/", DEACTIVATE, ACTIVATE):
        answer = client.get(path)
        assert answer["Location"].startswith("/accounts/login/"), path


def test_the_secret_lies_sealed_in_the_database(secret):
    for row in Authenticator.objects.all():
        assert secret not in str(row.data)
        sealed = row.data.get("secret") or row.data["seed"]
        assert sealed.startswith("gAAAA")


def test_the_secret_lies_sealed_before_it_is_on_too(db, alice, chicago, settings):
    client, _ = sign_in("alice", "alice-knows-7")
    secret = SECRET.search(client.get(ACTIVATE).text)[1]
    stored = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert secret not in str(stored)
    assert "gAAAA" in str(stored)
    settings.SECRET_KEYS = ("new-" * 10,)
    answer = client.post(ACTIVATE, {"code": code_of(secret)})
    assert (answer.status_code, Authenticator.objects.count()) == (200, 0)


def test_a_secret_that_no_key_opens_is_told_and_rotation_carries_it_along(secret, settings):
    old = settings.SECRET_KEYS
    settings.SECRET_KEYS = ("new-" * 10,)
    client, _ = sign_in("alice", "alice-knows-7")
    assert "AMIS_SECRET_KEYS" in client.post(CODE, {"code": code_of(secret)}).text
    settings.SECRET_KEYS = ("new-" * 10, *old)
    call_command("rotate_secrets", verbosity=0)
    settings.SECRET_KEYS = ("new-" * 10,)
    client.post(CODE, {"code": code_of(secret)})
    assert is_in(client)


def test_switching_it_off_needs_the_person_and_ends_it(
    secret, settings, django_capture_on_commit_callbacks
):
    client, _ = sign_in("alice", "alice-knows-7")
    client.post(CODE, {"code": code_of(secret)})
    session = client.session
    session["signed_in_at"] = time.time() - 3600
    session.save()
    assert client.get(DEACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    client.post(f"/accounts/reauthenticate/?next={DEACTIVATE}", {"password": "wrong"})
    assert client.post(DEACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    client.post(f"/accounts/reauthenticate/?next={DEACTIVATE}", {"password": "alice-knows-7"})
    client.post(DEACTIVATE)
    assert not Authenticator.objects.exists()
    assert AccessLog.objects.order_by("pk").last().about == "switched off"
    assert is_in(sign_in("alice", "alice-knows-7")[0])


def test_a_session_that_came_by_a_link_is_as_old_as_the_one_it_came_from(db, alice, chicago):
    client, _ = sign_in("alice", "alice-knows-7", host="amis.localhost")
    session = client.session
    session["signed_in_at"] = time.time() - 3600
    session.save()
    ticket = client.get("/accounts/go/plant_chicago/")["Location"].split("/accounts/", 1)[1]
    there = Client(HTTP_HOST=CHICAGO)
    there.get(f"/accounts/{ticket}")
    assert is_in(there)
    assert there.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")


def test_who_owes_a_code_may_begin_anew_as_somebody_else(secret, person):
    person("carol", chicago="viewer")
    client, _ = sign_in("alice", "alice-knows-7")
    assert client.get("/accounts/login/")["Location"].startswith(CODE)
    client.post("/accounts/logout/")
    assert client.get("/accounts/login/").status_code == 200
    client.post("/accounts/login/", {"username": "carol", "password": "carol-knows-7"})
    assert is_in(client)


@pytest.mark.parametrize("change", ["password", "inactive"])
def test_half_a_sign_in_is_over_when_the_password_or_the_account_is(secret, alice, change):
    client, _ = sign_in("alice", "alice-knows-7")
    if change == "password":
        alice.set_password("another-word-8")
    else:
        alice.is_active = False
    alice.save()
    assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/accounts/login/"
    assert not is_in(client)
    assert AccessLog.objects.filter(action="signed_in").count() == 1


def test_the_operator_can_take_a_lost_factor(secret, alice, capsys):
    call_command("switch_off_factor", user="alice@amis.example")
    assert "signs in by password alone" in capsys.readouterr().out
    assert is_in(sign_in("alice", "alice-knows-7")[0])
    assert AccessLog.objects.filter(about="switched off by the operator", user_id=alice.pk).exists()
    for name in ("alice", "nobody"):
        with pytest.raises(CommandError, match=name):
            call_command("switch_off_factor", user=name)
