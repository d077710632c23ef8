"""Signing in by the form, and what is written down about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenants.models import AccessLog

CHICAGO = "plant-chicago.amis.localhost"
BASE = "amis.localhost"
LOGIN = "/accounts/login/"
Action = AccessLog.Action


def sign_in(name: str, password: str, *, host: str = CHICAGO, to: str = "") -> tuple[Client, Any]:
    client = Client(HTTP_HOST=host)
    answer = client.post(LOGIN + to, {"username": name, "password": password})
    return client, answer


def log() -> list[tuple[str, int | None, str]]:
    """What the access log says, the oldest first."""
    return list(AccessLog.objects.order_by("pk").values_list("action", "user_id", "tenant_id"))


@pytest.mark.parametrize("name", ["alice", "Alice", "alice@amis.example", " ALICE@amis.example "])
def test_user_name_and_e_mail_both_sign_in(db, alice, chicago, name):
    client, answer = sign_in(name, "alice-knows-7")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/api/websocket/status").status_code == 200


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("?next=/risk/%3Fa%3Db", "/risk/?a=b"),
        ("?next=https://evil.example/", "/"),
        ("?next=//evil.example/", "/"),
        ("?next=javascript:alert(1)", "/"),
    ],
)
def test_the_way_back_leads_to_this_host_only(db, alice, chicago, to, leads):
    assert sign_in("alice", "alice-knows-7", to=to)[1]["Location"] == leads


def test_known_and_unknown_accounts_get_the_same_answer(db, alice, chicago):
    answers = [
        sign_in(name, "wrong")[1].content.decode().replace(name, "")
        for name in ("alice", "nobody", "alice@amis.example", "nobody@amis.example")
    ]
    answers = [text.split("csrfmiddlewaretoken")[0] + text.split("</form>")[1] for text in answers]
    assert len(set(answers)) == 1
    alert = sign_in("alice", "wrong")[1].content.decode()
    assert "Account or password is not correct." in alert


def test_a_wrong_password_is_hashed_once_whether_or_not_there_is_the_account(
    db, alice, chicago, monkeypatch
):
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    hashed = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(
        PBKDF2PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )
    for name in ("alice", "nobody", "alice@amis.example", "nobody@amis.example"):
        hashed.clear()
        sign_in(name, "wrong")
        assert len(hashed) == 1, name


def test_an_account_that_is_switched_off_gets_the_answer_of_a_wrong_password(db, alice, chicago):
    alice.is_active = False
    alice.save()
    client, answer = sign_in("alice", "alice-knows-7")
    assert answer.status_code == 200
    assert "not correct" in answer.content.decode()
    assert client.get("/api/websocket/status").status_code == 401


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "", "é" * 200])
def test_odd_names_get_the_form_again(db, chicago, name):
    assert sign_in(name, "x")[1].status_code == 200


def test_a_name_that_differs_by_case_is_its_owners_and_no_others(db, person, alice, chicago):
    other = person("other")
    other.username = "ALICE"
    other.save()
    assert sign_in("alice", "alice-knows-7")[1].status_code == 302
    assert sign_in("ALICE", "other-knows-7")[1].status_code == 302
    assert sign_in("Alice", "alice-knows-7")[1].status_code == 200


def test_an_e_mail_address_is_its_owners_even_where_another_is_called_like_it(
    db, person, alice, chicago
):
    impostor = person("mallory2", chicago="viewer")
    impostor.username = "alice@amis.example"
    impostor.save()
    assert sign_in("alice@amis.example", "mallory2-knows-7")[1].status_code == 200
    assert sign_in("alice@amis.example", "alice-knows-7")[1].status_code == 302


@pytest.mark.parametrize("path", ["signup/", "email/", "social/login/", "inactive/", "login/code/"])
def test_doors_that_nobody_needs_are_not_there(db, chicago, path):
    assert Client(HTTP_HOST=CHICAGO).get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("path", ["login/", "password/reset/", "2fa/"])
def test_a_host_of_nobody_has_no_accounts(db, path):
    client = Client(HTTP_HOST="plant-atlantis.amis.localhost")
    assert client.get(f"/accounts/{path}").status_code == 404


def test_signing_out_needs_a_post(db, alice, chicago):
    client, _ = sign_in("alice", "alice-knows-7")
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert client.get("/api/websocket/status").status_code == 401


def test_a_session_of_another_host_changes_no_password(db, alice, chicago, lyon):
    client, _ = sign_in("alice", "alice-knows-7")
    for path in ("password/change/", "2fa/", "2fa/totp/activate/"):
        answer = client.get(f"/accounts/{path}", HTTP_HOST="plant-lyon.amis.localhost")
        assert answer.status_code == 404, path


def test_the_admins_own_ways_lead_to_these_pages(db, person, client_of):
    client = client_of(person("root", admin=True))
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/")["Location"] == LOGIN
    assert [action for action, *_ in log()] == [Action.SIGNED_OUT]
    assert client.get("/admin/").status_code == 302


def test_coming_and_going_are_in_the_access_log(db, alice, chicago):
    sign_in("alice", "wrong")
    client, _ = sign_in("alice", "alice-knows-7")
    client.post("/accounts/logout/")
    assert log() == [
        (Action.SIGN_IN_FAILED, alice.pk, "plant_chicago"),
        (Action.SIGNED_IN, alice.pk, "plant_chicago"),
        (Action.SIGNED_OUT, alice.pk, "plant_chicago"),
    ]
    assert AccessLog.objects.order_by("pk")[1].user_label == "alice@amis.example"


def test_a_plants_log_names_nobody_who_is_no_member(db, alice, mallory, chicago, lyon):
    sign_in("mallory", "wrong")
    sign_in("nobody", "wrong")
    sign_in("mallory", "mallory-knows-7")
    assert log() == [
        (Action.SIGN_IN_FAILED, None, "plant_chicago"),
        (Action.SIGN_IN_FAILED, None, "plant_chicago"),
        (Action.SIGNED_IN, mallory.pk, ""),
    ]


def test_what_was_typed_as_a_name_is_kept_nowhere(db, chicago):
    sign_in("my-password-by-mistake", "x", host=BASE)
    line = AccessLog.objects.get()
    assert "mistake" not in f"{line.about}{line.user_label}"
