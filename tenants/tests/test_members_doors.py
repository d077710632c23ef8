"""The doors of a plant's people in every form: who, then where, then may, then what."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from amis.tests.calls import BASE, CHICAGO, NEW_MEMBER
from tenants.models import Membership, Role
from tenants.permissions import RANK
from tenants.services.people import grant_role

DELETE, GRANT = "users/bob", "users/grant-access"
BAD = '{"user_id": 7}'


def forms(path: str, tenant: str = "plant_chicago") -> list[tuple[str, str, dict[str, str]]]:
    host = f"{tenant.replace('_', '-')}.{BASE}"
    return [
        (on, f"{prefix}{path}{slash}", headers)
        for slash in ("", "/")
        for on, prefix, headers in (
            (host, "/api/", {}),
            (BASE, f"/api/tenants/{tenant}/", {}),
            (BASE, "/api/", {"HTTP_X_TENANT": tenant}),
        )
    ]


def send(path: str, form: tuple[str, str, dict[str, str]], body: str = BAD, **key: str):
    host, address, headers = form
    client = Client(HTTP_HOST=host)
    if path == DELETE:
        return client.delete(address, **headers, **key)
    return client.post(address, body, content_type="application/json", **headers, **key)


def key(text: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Token {text}"}


def test_a_member_is_sent_away_in_every_form_and_without_one_by_who_has_one_plant(
    db, alice, bob, chicago, token_for
):
    own = key(token_for(alice, chicago))
    for form in [*forms(DELETE), (BASE, "/api/users/bob", {}), ("localhost", "/api/users/bob", {})]:
        grant_role(user=bob, tenant=chicago, role=Role.VIEWER)
        answer = send(DELETE, form, **own)
        assert (answer.status_code, answer.content) == (204, b""), form
        assert not Membership.objects.filter(user=bob).exists()


def test_on_a_base_host_the_only_plant_is_meant_and_of_two_one_must_be_named(
    db, alice, person, token_for
):
    form = (BASE, "/api/users/grant-access", {})
    body = json.dumps(NEW_MEMBER)
    answer = send(GRANT, form, body, **key(token_for(alice, None)))
    assert answer.json()["tenant_id"] == "plant_chicago"
    carol = person("carol", chicago="manager", lyon="manager")
    answer = send(GRANT, form, body, **key(token_for(carol, None)))
    assert answer.status_code == 400
    assert answer.json()["extra"]["tenants"] == ["plant_chicago", "plant_lyon"]


@pytest.mark.parametrize("path", [GRANT, DELETE])
def test_first_who_then_where_then_may_then_what(
    db, alice, bob, mallory, chicago, lyon, token_for, path
):
    foreign, low, high = (
        key(token_for(*pair)) for pair in ((mallory, lyon), (bob, chicago), (alice, chicago))
    )
    bodies = set()
    for form in forms(path):
        assert send(path, form).status_code == 401
        assert send(path, form, **foreign).status_code == 404
        bodies.add(send(path, form, **foreign).content)
        refused = send(path, form, **low)
        assert (refused.status_code, refused.json()["extra"]) == (403, {"needed": "manager"})
    for form in forms(path, "plant_atlantis"):
        bodies.add(send(path, form, **foreign).content)
    assert len(bodies) == 1
    if path == GRANT:
        assert send(path, forms(path)[0], **high).status_code == 400
    assert Membership.objects.filter(user=bob).exists()


@pytest.mark.parametrize("path", [GRANT, DELETE])
@pytest.mark.parametrize("role", Role.values)
def test_managers_and_above_and_nobody_else(db, person, bob, chicago, token_for, path, role):
    own = key(token_for(person("pia", chicago=role), chicago))
    answer = send(path, forms(path)[0], json.dumps(NEW_MEMBER), **own)
    assert (answer.status_code < 300) == (RANK[role] >= RANK["manager"])


def test_a_session_needs_the_secret_of_its_forms(db, alice, bob, chicago, client_of):
    client = Client(HTTP_HOST=CHICAGO, enforce_csrf_checks=True)
    client.cookies = client_of(alice, chicago).cookies
    assert client.delete("/api/users/bob").status_code == 403
    assert Membership.objects.filter(user=bob).exists()


def test_other_methods_are_refused_with_those_that_are_not(db, alice, chicago, token_for):
    client = Client(HTTP_HOST=CHICAGO, **key(token_for(alice, chicago)))
    for path, allowed in ((GRANT, "POST"), (DELETE, "DELETE"), ("users/alice/tenants", "GET")):
        answer = client.put(f"/api/{path}")
        assert answer.status_code == 405
        assert allowed in answer["Allow"]
