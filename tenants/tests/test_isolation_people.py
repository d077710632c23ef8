"""Managers of one plant learn nothing of another's people, keys and log lines, and change none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from amis.tests.calls import BASE, LYON
from tenants.models import AccessLog, ApiToken, Membership, Tenant
from tenants.selectors import roles_of
from tenants.services.audit import note
from tenants.services.tokens import create_token

CANARY = "canary-of-chicago"
PAGES = ("/settings/members/", "/settings/tokens/", "/settings/audit/", "/accounts/plants/")


@pytest.fixture
def canaries(db, person, chicago):
    """A member, a token and a line of Chicago that nobody mistakes."""
    member = person(CANARY, chicago="viewer")
    create_token(user=member, tenant=chicago, name=CANARY)
    note(AccessLog.Action.CONFIGURED, user=member, tenant_id="plant_chicago", about=CANARY)
    return member


def test_alice_sees_the_canaries_and_mallory_none(
    canaries, alice, mallory, chicago, lyon, client_of
):
    here, there = client_of(alice, chicago), client_of(mallory, lyon)
    for path in PAGES[:3]:
        assert CANARY in here.get(path).content.decode(), path
    for path in PAGES:
        assert CANARY not in there.get(path).content.decode(), path
    assert CANARY not in there.get(f"/settings/audit/?user={CANARY}").content.decode().replace(
        f'value="{CANARY}"', ""
    )


def test_mallory_revokes_nobody_and_nothing_of_chicago(
    canaries, mallory, chicago, lyon, client_of, token_for
):
    page, token = client_of(mallory, lyon), ApiToken.objects.get()
    members, tokens = "/settings/members/", "/settings/tokens/"
    for body in ({"do": "revoke"}, {"do": "change", "role": "viewer"}, {"do": "invite"}):
        assert page.post(members, body | {"user_id": CANARY}).status_code == 404
    assert page.post(tokens, {"do": "revoke", "token_id": token.pk}).status_code == 404
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    for host, path, named in (
        (LYON, f"/api/users/{CANARY}", {}),
        (BASE, f"/api/users/{CANARY}", {}),
        (BASE, f"/api/users/{CANARY}", {"HTTP_X_TENANT": "plant_chicago"}),
        (BASE, f"/api/tenants/plant_chicago/users/{CANARY}", {}),
        (LYON, f"/api/tenants/plant_chicago/users/{CANARY}", {}),
    ):
        assert Client(HTTP_HOST=host).delete(path, **named, **key).status_code == 404, path
    assert Membership.objects.get(user=canaries).role == "viewer"
    token.refresh_from_db()
    assert token.revoked_at is None


def test_where_somebody_of_chicago_may_go_is_not_told_to_mallory(
    canaries, mallory, lyon, client_of, token_for
):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    ask = Client(HTTP_HOST=BASE)
    known = ask.get(f"/api/users/{CANARY}/tenants", **key)
    unknown = ask.get("/api/users/nobody/tenants", **key)
    assert known.status_code == unknown.status_code == 404
    assert known.content == unknown.content


def test_letting_a_member_of_chicago_in_tells_mallory_nothing_of_chicago(
    canaries, mallory, lyon, client_of
):
    page = client_of(mallory, lyon)
    body = {"do": "grant", "user_name": "X", "user_email": canaries.email, "role": "viewer"}
    told = page.post("/settings/members/", body, follow=True).content.decode()
    assert "plant_chicago" not in told
    assert "Chicago" not in told
    page.post("/settings/members/", {"do": "revoke", "user_id": CANARY})
    assert Membership.objects.get(user=canaries).tenant.schema_name == "plant_chicago"
    assert ApiToken.objects.get().revoked_at is None


def test_a_plant_that_is_made_again_does_not_show_the_lines_of_the_one_before(
    canaries, alice, chicago, client_of
):
    page = client_of(alice, chicago)
    assert CANARY in page.get("/settings/audit/").content.decode()
    later = AccessLog.objects.get().at + timedelta(seconds=1)
    Tenant.objects.filter(pk=chicago.pk).update(created_at=later)
    assert "data-action" not in page.get("/settings/audit/").content.decode()


def test_each_hears_of_his_own_role_where_others_have_another(db, person, chicago, lyon):
    first = person("first", chicago="viewer")
    second = person("second", chicago="manager", lyon="operator")
    third = person("third", chicago="engineer")
    told = [[(plant.tenant_id, role) for plant, role in roles_of(one)]
            for one in (first, second, third)]  # fmt: skip
    assert told == [
        [("plant_chicago", "viewer")],
        [("plant_chicago", "manager"), ("plant_lyon", "operator")],
        [("plant_chicago", "engineer")],
    ]
    platform = person("platform", admin=True)
    assert [role for _, role in roles_of(platform)] == ["admin", "admin"]


def test_a_role_in_a_suspended_plant_is_still_told(db, bob, chicago):
    Tenant.objects.filter(pk=chicago.pk).update(status=Tenant.Status.SUSPENDED)
    assert [(plant.status, role) for plant, role in roles_of(bob)] == [("suspended", "viewer")]
