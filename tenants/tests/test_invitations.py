"""The first password of a new member."""

from __future__ import annotations

import re

import pytest
from allauth.account.forms import ResetPasswordKeyForm
from django.core import mail
from django.test import Client

from tenants.models import AccessLog, Membership
from tenants.services.invitations import invite
from tenants.services.people import create_user, grant_role
from tenants.tests.test_second_factor import is_in
from tenants.tests.test_sign_in import CHICAGO, sign_in

LYON = "plant-lyon.amis.localhost"
LINK = re.compile(r"http://([^/:]+)[:0-9]*(/accounts/invitation/\S+/)")
WORD = {"password1": "a-fresh-word-8", "password2": "a-fresh-word-8"}


@pytest.fixture
def path(db, alice, chicago) -> str:
    """The path of dora's invitation to Chicago."""
    dora = create_user(username="dora", email="dora@amis.example")
    grant_role(user=dora, tenant=chicago, role="viewer")
    invite(user=dora, tenant=chicago, by=alice)
    [letter] = mail.outbox
    assert letter.to == ["dora@amis.example"]
    host, path = LINK.search(letter.body).groups()
    assert host == CHICAGO
    return path


def test_who_is_invited_chooses_a_password_and_is_in(path, alice):
    client = Client(HTTP_HOST=CHICAGO)
    page = client.get(path)
    assert "dora@amis.example" in page.text
    assert page.text.count('type="password"') == 2
    answer = client.post(path, WORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    assert sign_in("dora", "a-fresh-word-8")[1].status_code == 302
    actions = list(AccessLog.objects.order_by("pk").values_list("action", "tenant_id"))
    of = "plant_chicago"
    assert actions[:3] == [("invited", of), ("password_changed", of), ("signed_in", of)]


def test_the_link_works_once(path):
    Client(HTTP_HOST=CHICAGO).post(path, WORD)
    second = Client(HTTP_HOST=CHICAGO)
    assert second.get(path).status_code == 404
    assert "ask for another one" in second.post(path, WORD).text
    assert not is_in(second)


def test_the_link_is_of_this_plant_and_this_text_only(path, lyon):
    assert Client(HTTP_HOST=LYON).get(path).status_code == 404
    assert Client(HTTP_HOST="amis.localhost").get(path).status_code == 404
    assert Client(HTTP_HOST=CHICAGO).get(path[:-3] + "xx/").status_code == 404


def test_the_link_dies_after_seven_days(path, monkeypatch):
    monkeypatch.setattr("tenants.services.invitations.VALID_DAYS", -1)
    assert Client(HTTP_HOST=CHICAGO).get(path).status_code == 404


def test_the_link_dies_with_the_membership(path):
    Membership.objects.filter(user__username="dora").delete()
    assert Client(HTTP_HOST=CHICAGO).get(path).status_code == 404


def test_a_bad_password_is_told_and_the_link_lives_on(path):
    client = Client(HTTP_HOST=CHICAGO)
    answer = client.post(path, {"password1": "short", "password2": "short"})
    assert (answer.status_code, "too short" in answer.text) == (200, True)
    client.post(path, WORD)
    assert is_in(client)


def test_somebody_elses_session_gives_way(path, alice):
    client, _ = sign_in("alice", "alice-knows-7")
    client.post(path, WORD)
    assert client.get("/accounts/password/change/").status_code == 200
    last = AccessLog.objects.order_by("pk").last()
    assert (last.action, last.user_label) == ("signed_in", "dora@amis.example")


def test_who_has_a_password_is_only_told_where_to_sign_in(db, alice, bob, chicago):
    invite(user=bob, tenant=chicago, by=alice)
    [letter] = mail.outbox
    assert "invitation" not in letter.body
    assert f"http://{CHICAGO}" in letter.body


def test_nobody_signs_in_without_a_password(path):
    for word in ("", "!", " "):
        assert sign_in("dora", word)[1].status_code == 200


def test_who_is_given_a_role_by_the_api_can_sign_in_from_the_letter_alone(
    db, alice, chicago, client_of
):
    body = {
        "user_id": "erin",
        "user_name": "Erin Example",
        "user_email": "erin@amis.example",
        "role": "operator",
    }
    answer = client_of(alice, chicago).post(
        "/api/tenants/plant_chicago/users/grant-access", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["invited"]) == (200, True)
    [letter] = mail.outbox
    client = Client(HTTP_HOST=CHICAGO)
    client.post(LINK.search(letter.body)[2], WORD)
    assert is_in(client)


def test_a_line_end_in_a_plants_name_makes_no_header(db, alice, bob, chicago):
    chicago.tenant_name = "Chicago\r\nBcc: eve@amis.example"
    invite(user=bob, tenant=chicago, by=alice)
    [letter] = mail.outbox
    assert letter.message()["Bcc"] is None
    assert letter.recipients() == ["bob@amis.example"]


def test_of_two_who_use_a_link_at_once_one_comes_in(path, monkeypatch):
    """The other one's password was written between this one's look and its own writing."""
    first, second = Client(HTTP_HOST=CHICAGO), Client(HTTP_HOST=CHICAGO)
    is_valid = ResetPasswordKeyForm.is_valid

    def slowly(form: ResetPasswordKeyForm) -> bool:
        monkeypatch.setattr(ResetPasswordKeyForm, "is_valid", is_valid)
        first.post(path, WORD)
        return is_valid(form)

    monkeypatch.setattr(ResetPasswordKeyForm, "is_valid", slowly)
    assert second.post(path, WORD).status_code == 404
    assert (is_in(first), is_in(second)) == (True, False)
