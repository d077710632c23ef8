"""Letting people in, giving them another role, and sending them away."""

from __future__ import annotations

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.core import mail
from django.db import connection
from django.test import Client

from amis.asgi import application
from amis.errors import Conflict, NotFound
from amis.tests.calls import BASE, CHICAGO, LYON, NEW_MEMBER
from amis.tests.described import faults
from amis.tests.test_malformed import ODD, RAW
from tenants.models import AccessLog, ApiToken, Membership, Role, User
from tenants.permissions import RANK, Place
from tenants.services.members import access_of, grant_access, revoke_access

GRANT = "/api/users/grant-access"
ROLES = list(Role.values)


@pytest.fixture
def of(chicago, token_for):
    """A program with a person's key, on Chicago's host."""
    return lambda user: Client(
        HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {token_for(user, chicago)}"
    )


@pytest.fixture
def dora(person):
    return person("dora")


def grant(client: Client, **changes):
    return client.post(GRANT, NEW_MEMBER | changes, content_type="application/json")


def roles_of(name: str) -> dict[str, str]:
    rows = Membership.objects.filter(user__username=name)
    return dict(rows.values_list("tenant__schema_name", "role"))


def log() -> list[tuple[str, str, str]]:
    rows = AccessLog.objects.order_by("pk").exclude(action="invited")
    return list(rows.values_list("action", "user_label", "about"))


def test_a_stranger_gets_an_account_without_a_password_and_is_invited(db, alice, of):
    answer = grant(of(alice), user_email="Dora@AMIS.example")
    assert answer.json() == {
        "user_id": "dora", "tenant_id": "plant_chicago", "role": "viewer", "created": True,
        "invited": True,
    }  # fmt: skip
    dora = User.objects.get(username="dora")
    assert (dora.email, str(dora), dora.has_usable_password()) == (
        "dora@amis.example", "Dora", False)  # fmt: skip
    assert roles_of("dora") == {"plant_chicago": "viewer"}
    assert log() == [("role_granted", "alice@amis.example", "dora@amis.example: viewer")]
    assert AccessLog.objects.get(action="invited").tenant_id == "plant_chicago"
    assert grant(of(alice), role="engineer").json()["invited"] is False
    assert AccessLog.objects.filter(action="invited").count() == 1


def test_a_second_grant_changes_the_role_and_makes_nobody(db, alice, dora, of):
    client = of(alice)
    assert grant(client).json()["created"]
    again = grant(client, role="engineer").json()
    assert (again["created"], again["invited"], again["role"]) == (False, False, "engineer")
    assert roles_of("dora") == {"plant_chicago": "engineer"}
    assert log()[-1][2] == "dora@amis.example: viewer → engineer"
    assert grant(client, role="engineer").status_code == 200
    assert len(log()) == 2


def test_who_has_a_password_is_not_invited_again(db, alice, dora, of):
    assert grant(of(alice)).json()["invited"] is False
    assert not AccessLog.objects.filter(action="invited").exists()


@pytest.mark.parametrize(
    "changes", [{"user_email": "other@amis.example"}, {"user_id": "other"}, {"user_id": "DORA"}]
)
def test_a_name_with_another_address_is_refused_and_nothing_is_told_or_changed(
    db, alice, dora, of, changes
):
    answer = grant(of(alice), **changes)
    assert answer.status_code == 409
    assert "dora@amis.example" not in answer.content.decode()
    dora.refresh_from_db()
    assert dora.email == "dora@amis.example"
    assert roles_of("dora") == {}
    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize("own", ["manager", "admin"])
@pytest.mark.parametrize("given", ROLES)
def test_nobody_gives_a_role_above_his_own(db, person, of, own, given):
    status = grant(of(person("gil", chicago=own)), role=given).status_code
    assert status == (200 if RANK[given] <= RANK[own] else 403)
    assert roles_of("dora") == ({"plant_chicago": given} if status == 200 else {})


@pytest.mark.parametrize("own", ["manager", "admin"])
@pytest.mark.parametrize("held", ROLES)
def test_nobody_changes_or_takes_a_role_above_his_own(db, person, of, own, held):
    person("dora", chicago=held)
    person("ada", chicago="admin")
    client, may = of(person("gil", chicago=own)), RANK[held] <= RANK[own]
    assert grant(client, role="viewer").status_code == (200 if may else 403)
    assert client.delete("/api/users/dora").status_code == (204 if may else 403)
    assert roles_of("dora") == ({} if may else {"plant_chicago": held})


def test_a_manager_touches_no_platform_administrator(db, alice, person, of):
    person("dora", admin=True)
    assert grant(of(alice)).status_code == 403
    assert roles_of("dora") == {}


def test_only_the_platform_takes_the_last_administrator_away(db, person, of):
    dora, root = person("dora", chicago="admin"), person("root", admin=True)
    for answer in (of(dora).delete("/api/users/dora"), grant(of(dora), role="viewer")):
        assert answer.status_code == 409
        assert "last administrator" in answer.json()["message"]
    assert roles_of("dora") == {"plant_chicago": "admin"}
    assert of(root).delete("/api/users/dora").status_code == 204


def test_a_revoked_members_key_and_session_of_that_plant_are_dead_at_once(
    db, alice, person, of, client_of, chicago, lyon, token_for
):
    dora = person("dora", chicago="viewer", lyon="viewer")
    there, elsewhere = of(dora), token_for(dora, lyon)
    page = client_of(dora, chicago)
    assert page.get("/settings/").status_code == there.get("/api/machines").status_code == 200
    manager = of(alice)
    assert manager.delete("/api/users/dora").status_code == 204
    assert there.get("/api/machines").status_code == 401
    assert manager.get("/api/machines").status_code == 200
    assert page.get("/settings/").status_code == 404
    assert page.get("/api/machines").status_code == 404
    at_lyon = Client(HTTP_HOST=LYON, HTTP_AUTHORIZATION=f"Token {elsewhere}")
    assert at_lyon.get("/api/machines").status_code == 200
    assert log()[-1] == ("role_revoked", "alice@amis.example", "dora@amis.example: viewer")
    grant(of(alice))
    assert there.get("/api/machines").status_code == 401


@pytest.mark.parametrize("name", ["dora", "nobody", "%00", "x" * 200, "a%20b", "mallory"])
def test_who_is_no_member_cannot_be_revoked(db, alice, mallory, dora, of, name):
    assert of(alice).delete(f"/api/users/{name}").status_code == 404
    assert roles_of("mallory") == {"plant_lyon": "manager"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", ""), ("user_id", "a b"), ("user_id", "x" * 151), ("user_id", "a\x1fb"),
        ("user_id", 7), ("user_id", "Grant-Access"), ("user_name", " "), ("user_name", "x" * 151),
        ("user_name", "a\nb"), ("user_email", "nobody"), ("user_email", f"{'x' * 250}@a.example"),
        ("user_email", None), ("role", "owner"), ("role", None),
        ("role", ["viewer"]),
    ],
)  # fmt: skip
def test_a_faulty_field_is_named_and_nobody_is_made(db, alice, of, field, value):
    answer = grant(of(alice), **{field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["extra"]["errors"]] == [field]
    assert not User.objects.exclude(username="alice").exists()


def test_malformed_grants_break_nothing(db, alice, of):
    client, rng = of(alice), random.Random(7)
    client.raise_request_exception = False
    bodies = [*RAW, *(json.dumps(value).encode() for value in ODD)]
    for _ in range(150):
        changes = {rng.choice(list(NEW_MEMBER)): rng.choice(ODD) for _ in range(2)}
        bodies.append(json.dumps(NEW_MEMBER | changes).encode())
    for body in bodies:
        answer = client.generic("POST", GRANT, body, content_type="application/json")
        assert answer.status_code in {200, 400, 409}, body
        if answer.status_code != 200:
            assert faults(GRANT, "post", answer.status_code, answer.json()) == [], body


@pytest.mark.parametrize("scopes", [["read"], ["read", "submit"]])
def test_a_key_without_the_scope_manage_lets_nobody_in(db, alice, chicago, scopes):
    from tenants.services.tokens import create_token

    key = create_token(user=alice, tenant=chicago, scopes=scopes)
    client = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
    assert grant(client).status_code == client.delete("/api/users/alice").status_code == 403


def test_dora_sees_her_plants_and_so_does_the_platform(db, person, token_for, chicago, mallory):
    dora, root = person("dora", chicago="viewer", lyon="engineer"), person("root", admin=True)
    path, seen = "/api/users/dora/tenants", {}
    for user in (dora, root, mallory):
        key = {"HTTP_AUTHORIZATION": f"Token {token_for(user, None)}"}
        seen[user.username] = Client(HTTP_HOST=BASE).get(path, **key)
    expected = {
        "user_id": "dora",
        "tenants": [
            {"tenant_id": "plant_chicago", "tenant_name": "Chicago", "role": "viewer"},
            {"tenant_id": "plant_lyon", "tenant_name": "Lyon", "role": "engineer"},
        ],
    }
    assert seen["dora"].json() == seen["root"].json() == expected
    assert faults("/api/users/{user_id}/tenants", "get", 200, expected) == []
    assert seen["mallory"].status_code == 404
    of_one = {"HTTP_AUTHORIZATION": f"Token {token_for(dora, chicago)}"}
    (only,) = Client(HTTP_HOST=BASE).get(path, **of_one).json()["tenants"]
    assert only["tenant_id"] == "plant_chicago"
    assert Client(HTTP_HOST=BASE).get(path).status_code == 401


@pytest.mark.parametrize("name", ["nobody", "%00", "x" * 300, "bob"])
def test_of_another_person_one_hears_what_one_hears_of_nobody(db, alice, bob, token_for, name):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(alice, None)}"}
    ask = Client(HTTP_HOST=BASE)
    answer = ask.get(f"/api/users/{name}/tenants", **key)
    assert answer.status_code == 404
    assert answer.content == ask.get("/api/users/atlantis/tenants", **key).content


async def test_the_open_page_of_a_revoked_member_closes_and_no_other(
    committed, alice, person, chicago, token_for
):
    def prepare():
        people = person("dora", chicago="viewer"), person("emil", chicago="viewer"), alice
        return [token_for(user, chicago) for user in people]

    keys = await sync_to_async(prepare)()
    pages = []
    for key in keys[:2]:
        headers = [(b"host", CHICAGO.encode()), (b"authorization", f"Token {key}".encode())]
        pages.append(WebsocketCommunicator(application, "/ws", headers))
        assert (await pages[-1].connect())[0]
        assert (await pages[-1].receive_json_from())["type"] == "snapshot"
    client = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {keys[2]}")
    answer = await sync_to_async(client.delete)("/api/users/dora")
    assert answer.status_code == 204
    assert await pages[0].receive_output(2) == {"type": "websocket.close", "code": 4403}
    assert await pages[1].receive_nothing(timeout=0.5)
    await pages[1].disconnect()
    assert await sync_to_async(ApiToken.objects.filter(revoked_at__isnull=False).count)() == 1


def test_of_two_administrators_who_send_each_other_away_one_stays(committed, person, chicago):
    """Each in a thread of its own, often enough to meet."""
    place = Place(chicago, "admin")

    def send_away(pair):
        by, other = pair
        try:
            revoke_access(place=place, by=by, user_id=other.username)
        except (Conflict, NotFound):
            return False
        finally:
            connection.close()
        return True

    for number in range(5):
        ada, eve = (person(f"{name}{number}", chicago="admin") for name in ("ada", "eve"))
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(send_away, [(ada, eve), (eve, ada)]))
        assert sorted(done) == [False, True]
        assert Membership.objects.get().role == "admin"
        Membership.objects.all().delete()


def test_parallel_grants_make_one_account_and_no_fault(committed, person, chicago):
    alice = person("alice", chicago="manager")
    access = access_of(NEW_MEMBER)

    def let_in(_):
        try:
            place = Place(chicago, "manager")
            return grant_access(place=place, by=alice, access=access).created
        except Conflict:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(let_in, range(4)))
    assert found.count(True) == 1
    assert User.objects.filter(username="dora").count() == 1


def test_a_flood_of_invitations_is_held_up_and_leaves_no_account(db, alice, of, monkeypatch):
    monkeypatch.setattr("tenants.rates.LETTERS", 2)
    client = of(alice)
    for n in range(3):
        body = {"user_id": f"dora{n}", "user_email": f"dora{n}@amis.example"}
        assert grant(client, **body).status_code == (200 if n < 2 else 429)
    assert not User.objects.filter(username="dora2").exists()
    assert grant(client, user_id="alice", user_email=alice.email, role="manager").status_code == 200


def test_the_invitation_of_the_api_leads_in_and_dies_with_the_membership(db, alice, of):
    client = of(alice)
    grant(client)
    (letter,) = mail.outbox
    assert letter.to == ["dora@amis.example"]
    (path,) = re.findall(r"(/accounts/invitation/\S+/)", letter.body)
    assert Client(HTTP_HOST=CHICAGO).get(path).status_code == 200
    client.delete("/api/users/dora")
    assert Client(HTTP_HOST=CHICAGO).get(path).status_code == 404
