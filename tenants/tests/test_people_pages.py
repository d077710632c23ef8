"""Members, tokens and audit log in the browser: who sees them, and what their forms do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from amis.tests.calls import CHICAGO
from tenants.models import AccessLog, ApiToken, Membership, Role, User
from tenants.permissions import RANK
from tenants.services.audit import note
from tenants.services.tokens import create_token

MEMBERS, TOKENS, AUDIT = PAGES = ("/settings/members/", "/settings/tokens/", "/settings/audit/")
DORA = {"do": "grant", "user_name": "Dora", "user_email": "dora@amis.example", "role": "viewer"}


@pytest.fixture
def page(alice, chicago, client_of):
    """Alice's browser at Chicago."""
    return client_of(alice, chicago)


def text_of(answer) -> str:
    return answer.content.decode()


def role_of(name: str) -> str | None:
    return Membership.objects.filter(user__username=name).values_list("role", flat=True).first()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", Role.values)
def test_the_pages_are_for_managers_and_above(db, person, chicago, client_of, path, role):
    client = client_of(person("pia", chicago=role), chicago)
    may = RANK[role] >= RANK["manager"]
    assert client.get(path).status_code == (200 if may else 403)
    if path != AUDIT:
        assert client.post(path, DORA).status_code == (302 if may and path == MEMBERS else
                                                       400 if may else 403)  # fmt: skip
    assert (path in text_of(client.get("/settings/"))) == may


@pytest.mark.parametrize("path", PAGES)
def test_strangers_sign_in_and_people_of_other_plants_find_nothing(
    db, mallory, chicago, client_of, path
):
    answer = Client(HTTP_HOST=CHICAGO).get(path)
    assert answer["Location"] == f"/accounts/login/?next={path}"
    there = client_of(mallory, chicago)
    assert there.get(path).status_code == there.post(path, DORA).status_code == 404
    assert client_of(mallory).get(path)["Location"] == "/accounts/plants/"


@pytest.mark.parametrize("path", [MEMBERS, TOKENS])
def test_a_form_without_its_secret_does_nothing(db, alice, chicago, client_of, path):
    client = Client(HTTP_HOST=CHICAGO, enforce_csrf_checks=True)
    client.cookies = client_of(alice, chicago).cookies
    assert client.post(path, DORA | {"name": "x", "scopes": "read"}).status_code == 403
    assert User.objects.count() == 1
    assert not ApiToken.objects.exists()


def test_a_page_knows_no_other_method(db, page):
    answer = page.put(MEMBERS)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


def test_alice_invites_dora_by_name_and_address_alone(db, page):
    answer = page.post(MEMBERS, DORA, follow=True)
    assert answer.redirect_chain == [(MEMBERS, 302)]
    told = text_of(answer)
    assert "dora@amis.example is viewer now; a mail asks for a password." in told
    assert 'data-user-id="dora"' in told
    assert "Mail again" in told
    assert AccessLog.objects.filter(action="invited").count() == 1
    page.post(MEMBERS, {"do": "invite", "user_id": "dora"})
    assert AccessLog.objects.filter(action="invited").count() == 2


def test_who_has_an_account_is_found_by_the_address(db, page, person):
    person("dora")
    page.post(MEMBERS, DORA | {"user_email": "DORA@amis.example"})
    assert role_of("dora") == "viewer"
    person("erik")
    page.post(MEMBERS, DORA | {"user_email": "erik@other.example"})
    assert Membership.objects.filter(user__email="erik@other.example").exists()
    assert role_of("erik") is None


def test_a_fault_stands_at_its_field_and_what_was_typed_stays(db, page):
    answer = page.post(MEMBERS, DORA | {"user_email": "nobody", "user_id": "a b"})
    assert answer.status_code == 400
    told = text_of(answer)
    assert re.search(r'id="user_email-error">[^<]*is not an e-mail address', told)
    assert re.search(r'id="user_id-error">[^<]*letters', told)
    assert 'value="nobody"' in told
    assert User.objects.count() == 1


def test_a_refusal_is_a_sentence_on_the_page(db, page, person):
    person("dora")
    person("ada", chicago="admin")
    taken = page.post(MEMBERS, DORA | {"user_id": "other"})
    assert taken.status_code == 409
    assert "do not belong together" in text_of(taken)
    above = page.post(MEMBERS, {"do": "revoke", "user_id": "ada"})
    assert above.status_code == 403
    assert "above your own" in text_of(above)
    assert page.post(MEMBERS, {"do": "revoke", "user_id": "nobody"}).status_code == 404
    assert page.post(MEMBERS, {"do": "dance"}).status_code == 400


def test_a_role_above_ones_own_is_not_offered_and_not_given(db, page, person):
    person("ada", chicago="admin")
    told = text_of(page.get(MEMBERS))
    assert 'value="admin"' not in told
    assert 'data-user-id="ada" data-role="admin"' in told
    assert told.count('value="revoke"') == 1
    assert page.post(MEMBERS, DORA | {"role": "admin"}).status_code == 403
    change = {"do": "change", "user_id": "alice", "role": "admin"}
    assert page.post(MEMBERS, change).status_code == 403
    assert role_of("alice") == "manager"


def test_alice_changes_a_role_and_takes_it(db, page, bob):
    page.post(MEMBERS, {"do": "change", "user_id": "bob", "role": "engineer"})
    assert role_of("bob") == "engineer"
    wrong = page.post(MEMBERS, {"do": "change", "user_id": "bob", "role": "owner"})
    assert wrong.status_code == 400
    told = text_of(page.post(MEMBERS, {"do": "revoke", "user_id": "bob"}, follow=True))
    assert "bob@amis.example has no access any more" in told
    assert 'data-user-id="bob"' not in told
    assert role_of("bob") is None


def test_the_last_sign_in_is_the_one_in_this_plant(db, page, bob):
    note(AccessLog.Action.SIGNED_IN, user=bob, tenant_id="plant_lyon")
    assert text_of(page.get(MEMBERS)).count("<time") == 1
    note(AccessLog.Action.SIGNED_IN, user=bob, tenant_id="plant_chicago")
    assert text_of(page.get(MEMBERS)).count("<time") == 2


def make(page, **changes):
    asked = {"do": "make", "name": "press", "scopes": ["read"], "days": "30"}
    return page.post(TOKENS, asked | changes)


def test_a_new_token_is_shown_once_and_works(db, page):
    answer = make(page)
    assert "no-store" in answer["Cache-Control"]
    (key,) = re.findall(r"data-token>([^<]+)<", text_of(answer))
    program = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
    assert program.get("/api/machines").status_code == 200
    assert program.post("/api/production/submit", "[]", content_type="text/json").status_code == 403
    told = text_of(page.get(TOKENS))
    assert key not in told
    assert "press" in told
    assert "data-token>" not in told
    page.post(TOKENS, {"do": "revoke", "token_id": ApiToken.objects.get().pk})
    assert program.get("/api/machines").status_code == 401
    assert "data-token-id" not in text_of(page.get(TOKENS))


def test_a_token_may_live_until_it_is_revoked(db, page):
    make(page, days="")
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [("name", {"name": ""}), ("scopes", {"scopes": []}), ("scopes", {"scopes": ["all"]}),
     ("days", {"days": "x"}), ("days", {"days": "0"}), ("days", {"days": "٣"})],
)  # fmt: skip
def test_a_faulty_token_is_not_made(db, page, field, changes):
    answer = make(page, **changes)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in text_of(answer)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("given", ["", "x", "9" * 30, "-1"])
def test_what_is_no_token_cannot_be_revoked(db, page, given):
    assert page.post(TOKENS, {"do": "revoke", "token_id": given}).status_code == 404


def test_a_token_makes_no_tokens(db, alice, chicago):
    key = create_token(user=alice, tenant=chicago)
    program = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
    assert make(program).status_code == 403
    assert ApiToken.objects.count() == 1


def test_a_revoked_managers_tokens_have_no_more_than_the_new_role(db, page, person, chicago):
    max_ = person("max", chicago="manager")
    key = create_token(user=max_, tenant=chicago)
    page.post(MEMBERS, {"do": "change", "user_id": "max", "role": "viewer"})
    program = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
    assert program.get("/api/machines").status_code == 200
    assert program.get(MEMBERS).status_code == 403


def actions(answer) -> list[str]:
    return re.findall(r'data-action="(\w+)"', text_of(answer))


def test_the_audit_page_tells_newest_first_and_can_be_narrowed(db, page, bob):
    make(page)
    page.post(MEMBERS, {"do": "revoke", "user_id": "bob"})
    note(AccessLog.Action.SIGNED_IN, user=bob, tenant_id="plant_chicago")
    assert actions(page.get(AUDIT)) == ["signed_in", "role_revoked", "token_made"]
    assert actions(page.get(f"{AUDIT}?action=token_made&user=")) == ["token_made"]
    assert actions(page.get(f"{AUDIT}?user=BOB@")) == ["signed_in"]
    assert actions(page.get(f"{AUDIT}?user=nobody")) == []


def test_the_audit_page_is_read_page_by_page(db, page, alice):
    for number in range(120):
        about = f"line {number}"
        note(AccessLog.Action.CONFIGURED, user=alice, tenant_id="plant_chicago", about=about)
    seen, path = [], f"{AUDIT}?action=configured"
    while path:
        told = text_of(page.get(path))
        seen += re.findall(r"line (\d+)", told)
        older = re.search(r'href="(\?[^"]+)" rel="next"', told)
        path = AUDIT + older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(number) for number in reversed(range(120))]


@pytest.mark.parametrize(
    "query", ["action=all", "page=0", "page=x", "user=%00", "user=" + "x" * 300]
)
def test_a_bad_filter_is_refused(db, page, query):
    assert page.get(f"{AUDIT}?{query}").status_code == 400


def test_names_that_are_markup_stay_text(db, page):
    page.post(MEMBERS, DORA | {"user_name": "<b>Dora</b>"})
    make(page, name="<i>press</i>")
    for path in PAGES:
        told = text_of(page.get(path))
        assert "<b>Dora</b>" not in told
        assert "<i>press</i>" not in told
