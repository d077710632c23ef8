"""A forgotten password, and another one."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from tenants.accounts.adapter import AccountAdapter
from tenants.models import AccessLog
from tenants.tasks import mail_reset
from tenants.tests.test_sign_in import BASE, CHICAGO, sign_in

RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"
FRESH = "a-fresh-word-8"
LINK = re.compile(r"http://([^/]+)(/accounts/password/reset/key/\S+/)")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """A worker's work is done where it is handed over."""
    monkeypatch.setattr(
        mail_reset, "apply_async", lambda kwargs, **_: mail_reset(**json.loads(json.dumps(kwargs)))
    )


def asked(email: str, *, host: str = CHICAGO) -> object:
    return Client(HTTP_HOST=host).post(RESET, {"email": email}, follow=True)


def link() -> tuple[str, str]:
    """Host and path of the only letter's link."""
    [letter] = mail.outbox
    return LINK.search(letter.body).groups()


def choose(client: Client, path: str, password: str = FRESH) -> object:
    page = client.get(path, follow=True)
    if not page.redirect_chain:
        return page
    fields = {"password1": password, "password2": password}
    return client.post(page.redirect_chain[-1][0], fields, follow=True)


@pytest.mark.parametrize("host", [CHICAGO, BASE])
def test_a_forgotten_password_is_chosen_anew_by_a_link_on_the_same_host(db, alice, chicago, host):
    assert "If the address belongs to an account" in asked("ALICE@amis.example", host=host).text
    [letter] = mail.outbox
    assert letter.to == ["alice@amis.example"]
    where, path = link()
    assert where == f"{host}:{settings.ENVIRONMENT.port}"
    assert "Your password is changed" in choose(Client(HTTP_HOST=host), path).text
    assert sign_in("alice", "alice-knows-7")[1].status_code == 200
    assert sign_in("alice", FRESH)[1].status_code == 302


@pytest.mark.parametrize(
    ("host", "named"),
    [(f"{CHICAGO}:6666", CHICAGO), (f"{BASE}:6666", BASE), ("127.0.0.1:6666", BASE),
     ("localhost", BASE)],
)  # fmt: skip
def test_a_letter_leads_to_no_port_or_base_host_of_the_askers_choice(
    db, alice, chicago, host, named
):
    asked("alice@amis.example", host=host)
    assert link()[0] == f"{named}:{settings.ENVIRONMENT.port}"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(db, alice, chicago):
    known, unknown = asked("alice@amis.example"), asked("nobody@amis.example")
    assert (known.status_code, known.redirect_chain) == (200, unknown.redirect_chain)
    assert known.text == unknown.text
    assert len(mail.outbox) == 1


def test_nobody_is_looked_for_while_the_page_is_asked(db, alice, chicago, monkeypatch):
    """Else the time would tell."""
    handed_over = []
    monkeypatch.setattr(mail_reset, "apply_async", lambda **given: handed_over.append(given))
    asked_sql = []
    for email in ("alice@amis.example", "nobody@amis.example"):
        with CaptureQueriesContext(connection) as queries:
            asked(email)
        asked_sql.append([query["sql"].split(" WHERE")[0] for query in queries])
    assert asked_sql[0] == asked_sql[1]
    assert not any("tenants_user" in sql for sql in asked_sql[0])
    assert [given["kwargs"]["email"] for given in handed_over] == [
        "alice@amis.example",
        "nobody@amis.example",
    ]


def test_without_a_broker_the_answer_is_the_same_and_the_log_tells(
    db, alice, chicago, monkeypatch, caplog
):
    def refuse(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(mail_reset, "apply_async", refuse)
    assert "If the address belongs" in asked("alice@amis.example").text
    assert "no worker takes messages" in caplog.text


def test_who_was_switched_off_gets_no_mail(db, alice, chicago):
    alice.is_active = False
    alice.save()
    asked("alice@amis.example")
    assert not mail.outbox


def test_a_link_works_once(db, alice, chicago):
    asked("alice@amis.example")
    _, path = link()
    choose(Client(HTTP_HOST=CHICAGO), path)
    second = choose(Client(HTTP_HOST=CHICAGO), path, "another-word-9")
    assert "used already or is too old" in second.text
    assert sign_in("alice", FRESH)[1].status_code == 302


def test_a_link_dies_after_a_day(db, alice, chicago, settings):
    asked("alice@amis.example")
    _, path = link()
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 3600
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "too old" in choose(Client(HTTP_HOST=CHICAGO), path).text


@pytest.mark.parametrize("key", ["1-x", "zzzzzzzzzzzzz-abc", "1-" + "a" * 150])
def test_a_link_that_nobody_mailed_opens_nothing(db, alice, chicago, key):
    page = Client(HTTP_HOST=CHICAGO).get(f"{RESET}key/{key}/")
    assert "too old" in page.text


def test_djangos_own_token_and_ours_are_the_same_kind_but_no_table_is_needed(db, alice, chicago):
    from allauth.account.models import EmailAddress

    asked("alice@amis.example")
    assert PasswordResetTokenGenerator().check_token(alice, link()[1].rstrip("/").split("-", 1)[1])
    assert not EmailAddress.objects.exists()


def test_other_sessions_end_when_the_password_changes(db, alice, chicago):
    here, _ = sign_in("alice", "alice-knows-7")
    there, _ = sign_in("alice", "alice-knows-7")
    fields = {"oldpassword": "alice-knows-7", "password1": FRESH, "password2": FRESH}
    assert here.post(CHANGE, fields).status_code == 302
    assert here.get("/api/websocket/status").status_code == 200
    assert there.get("/api/websocket/status").status_code == 401
    assert AccessLog.objects.order_by("pk").last().action == AccessLog.Action.PASSWORD_CHANGED


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"oldpassword": "wrong"}, "current password"),
        ({"password2": "other"}, "same password"),
        ({"password1": "12345678", "password2": "12345678"}, "too common"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "alice@amis", "password2": "alice@amis"}, "too similar"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told(db, alice, chicago, fields, says):
    client, _ = sign_in("alice", "alice-knows-7")
    good = {"oldpassword": "alice-knows-7", "password1": FRESH, "password2": FRESH}
    answer = client.post(CHANGE, good | fields)
    assert (answer.status_code, says in answer.text) == (200, True)
    assert sign_in("alice", "alice-knows-7")[1].status_code == 302


def test_a_stranger_is_sent_to_sign_in(db, chicago):
    answer = Client(HTTP_HOST=CHICAGO).get(CHANGE)
    assert answer["Location"] == f"/accounts/login/?next={CHANGE}"


def test_a_token_changes_no_password(db, alice, chicago, token_for):
    fields = {"oldpassword": "alice-knows-7", "password1": FRESH, "password2": FRESH}
    key = f"Token {token_for(alice, chicago)}"
    answer = Client(HTTP_HOST=CHICAGO).post(CHANGE, fields, HTTP_AUTHORIZATION=key)
    assert answer.status_code == 302
    assert sign_in("alice", "alice-knows-7")[1].status_code == 302


def test_of_two_who_use_a_link_at_once_the_first_is_heard(db, alice, chicago, monkeypatch):
    asked("alice@amis.example")
    _, path = link()
    set_password, second = AccountAdapter.set_password, Client(HTTP_HOST=CHICAGO)
    page = second.get(path, follow=True).redirect_chain[-1][0]

    def beaten(adapter, user, password):
        monkeypatch.setattr(AccountAdapter, "set_password", set_password)
        choose(Client(HTTP_HOST=CHICAGO), path)
        set_password(adapter, user, password)

    monkeypatch.setattr(AccountAdapter, "set_password", beaten)
    late = second.post(page, {"password1": "too-late-9-word", "password2": "too-late-9-word"})
    assert late["Location"] == RESET
    assert sign_in("alice", FRESH)[1].status_code == 302
