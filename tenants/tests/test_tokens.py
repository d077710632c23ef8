"""Keys for programs: who gets which, what they are good for, and when they are dead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone as clock

from amis.asgi import application
from amis.errors import Invalid, NotFound
from amis.tests.calls import BASE, CHICAGO
from tenants.models import AccessLog, ApiToken, Tenant
from tenants.permissions import Place
from tenants.selectors import token_digest, token_of
from tenants.services.tokens import create_token, make_token, revoke_token


def ask(key: str, path: str = "/api/machines", host: str = CHICAGO) -> int:
    return Client(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Token {key}").get(path).status_code


@pytest.fixture
def place(chicago):
    return Place(chicago, "manager")


@pytest.mark.parametrize("kind", ["corporate", "admin"])
def test_the_command_makes_a_key_of_no_plant_for_who_sees_all_plants(db, person, capsys, kind):
    carol = person("carol", **{kind: True})
    call_command("create_token", platform=True, user="Carol@amis.example")
    text = capsys.readouterr().out.strip()
    token = ApiToken.objects.get(digest=token_digest(text))
    assert (token.user, token.tenant, token.scopes) == (carol, None, ["read", "submit", "manage"])
    assert ask(text, "/api/corporate/summary", BASE) == 200


@pytest.mark.parametrize("email", ["alice@amis.example", "nobody@amis.example"])
def test_the_command_makes_no_such_key_for_anybody_else(db, alice, email):
    with pytest.raises(CommandError, match="neither"):
        call_command("create_token", platform=True, user=email)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "words",
    [["--user", "a@b.example"], ["--tenant", "plant_chicago", "--user", "a@b.example"],
     ["--platform", "--user", "a@b.example", "--role", "viewer"],
     ["--platform", "--tenant", "plant_chicago", "--user", "a@b.example", "--role", "viewer"]],
)  # fmt: skip
def test_the_command_says_what_does_not_go_together(db, words):
    with pytest.raises(CommandError):
        call_command("create_token", *words)


def test_what_the_command_does_is_in_the_access_log(db, person, chicago, capsys):
    person("carol", corporate=True)
    carol = ["--user", "carol@amis.example"]
    call_command("create_token", "--platform", *carol)
    call_command("create_token", "--tenant", "plant_chicago", "--role", "engineer", *carol)
    call_command("create_token", "--tenant", "plant_chicago", "--role", "viewer", *carol)
    told = AccessLog.objects.order_by("pk").values_list("action", "tenant_id", "about")
    assert list(told) == [
        ("token_made", "", "of no plant, for carol@amis.example, by the operator"),
        ("role_granted", "plant_chicago", "carol@amis.example: engineer, by the operator"),
        ("token_made", "plant_chicago", "for carol@amis.example, by the operator"),
        ("role_granted", "plant_chicago", "carol@amis.example: engineer → viewer, by the operator"),
        ("token_made", "plant_chicago", "for carol@amis.example, by the operator"),
    ]
    assert not any(text in line for text in capsys.readouterr().out.split() for *_, line in told)


def test_the_last_use_is_written_down_at_most_once_a_minute(db, alice, chicago, token_for):
    key = token_for(alice, chicago)
    assert ask(key) == 200
    first = ApiToken.objects.get().last_used_at
    assert clock.now() - first < timedelta(seconds=10)
    ask(key)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(seconds=61))
    ask(key)
    assert ApiToken.objects.get().last_used_at > first


def test_of_two_keys_only_the_one_in_use_is_marked_as_used(db, alice, chicago, token_for):
    used, spare = token_for(alice, chicago), token_for(alice, chicago)
    assert ask(used) == 200
    assert token_of(used).last_used_at is not None
    assert token_of(spare).last_used_at is None


@pytest.mark.parametrize(
    ("host", "path", "headers"),
    [
        (CHICAGO, "/api/machines", {"HTTP_X_TENANT": "plant_lyon"}),
        (CHICAGO, "/api/tenants/plant_lyon/machines", {}),
        (BASE, "/api/tenants/plant_lyon/machines", {"HTTP_X_TENANT": "plant_chicago"}),
    ],
)
def test_who_is_of_two_plants_and_names_both_gets_neither(db, person, host, path, headers):
    key = create_token(user=person("carol", chicago="viewer", lyon="viewer"), tenant=None)
    caller = Client(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Token {key}")
    assert caller.get(path, **headers).status_code == 404
    one = headers.get("HTTP_X_TENANT", "plant_chicago")
    assert caller.get(f"/api/tenants/{one}/machines", HTTP_HOST=BASE).status_code == 200


def test_a_refused_key_is_not_marked_as_used(db, alice, chicago, token_for):
    key = token_for(alice, chicago)
    ApiToken.objects.update(revoked_at=clock.now())
    assert ask(key) == 401
    assert ApiToken.objects.get().last_used_at is None


def test_a_made_key_works_within_its_scopes_until_it_expires(db, alice, place):
    key = make_token(place=place, by=alice, name=" press ", scopes=["submit", "read"], days=30)
    token = token_of(key)
    assert (token.name, token.scopes) == ("press", ["read", "submit"])
    assert timedelta(days=29) < token.expires_at - clock.now() <= timedelta(days=30)
    assert ask(key) == 200
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert ask(key) == 401
    line = AccessLog.objects.get()
    assert (line.action, line.about) == ("token_made", "press: read, submit")
    assert key not in line.about


@pytest.mark.parametrize(
    "path",
    ["/", "/forecast/", "/settings/", "/api/machines", "/api/tenants/list",
     "/api/users/alice/tenants"],
)  # fmt: skip
def test_a_key_that_only_submits_reads_nothing(db, alice, chicago, path):
    key = create_token(user=alice, tenant=chicago, scopes=["submit"])
    client = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
    assert (client.get(path).status_code, client.head(path).status_code) == (403, 403)


async def test_a_key_that_only_submits_opens_no_live_connection(committed, alice, chicago):
    def prepare():
        return create_token(user=alice, tenant=chicago, scopes=["submit"])

    key = await sync_to_async(prepare)()
    headers = [(b"host", CHICAGO.encode()), (b"authorization", f"Token {key}".encode())]
    socket = WebsocketCommunicator(application, "/ws", headers)
    assert await socket.connect() == (False, 4403)


def test_where_the_only_plant_is_suspended_the_base_host_says_so(db, person, chicago, lyon):
    carol = person("carol", chicago="viewer", lyon="viewer")
    key = create_token(user=carol, tenant=chicago)
    Tenant.objects.filter(pk=chicago.pk).update(status=Tenant.Status.SUSPENDED)
    asked = Client(HTTP_HOST=BASE, HTTP_AUTHORIZATION=f"Token {key}").get("/api/machines")
    assert (asked.status_code, asked.json()["code"]) == (403, "suspended")
    assert ask(create_token(user=carol, tenant=None), host=BASE) == 200


def test_a_key_may_live_for_good(db, alice, place):
    key = make_token(place=place, by=alice, name="x", scopes=["read"], days=None)
    assert token_of(key).expires_at is None


@pytest.mark.parametrize(("name", "days"), [("x" * 100, 1), ("x", 3650)])
def test_a_name_of_100_characters_and_a_life_of_a_day_or_ten_years_are_taken(
    db, alice, place, name, days
):
    key = make_token(place=place, by=alice, name=name, scopes=["read"], days=days)
    left = token_of(key).expires_at - clock.now()
    assert (token_of(key).name, left.days + 1) == (name, days)


@pytest.mark.parametrize(
    ("field", "values"),
    [("days", {"days": 3651}),
     ("name", {"name": " "}), ("name", {"name": "x" * 101}), ("name", {"name": "a\nb"}),
     ("scopes", {"scopes": []}), ("scopes", {"scopes": ["read", "rule"]}),
     ("days", {"days": 0}), ("days", {"days": 10**9})],
)  # fmt: skip
def test_a_faulty_key_is_not_made(db, alice, place, field, values):
    wanted = {"name": "x", "scopes": ["read"], "days": 30} | values
    with pytest.raises(Invalid) as refused:
        make_token(place=place, by=alice, **wanted)
    assert [error["field"] for error in refused.value.extra["errors"]] == [field]
    assert not ApiToken.objects.exists()


def test_a_revoked_key_is_dead_and_one_of_another_plant_is_not_found(
    db, alice, bob, mallory, chicago, lyon, place, token_for
):
    key, of_lyon = token_for(bob, chicago), token_for(mallory, lyon)
    revoke_token(place=place, by=alice, token_id=token_of(key).pk)
    assert ask(key) == 401
    for token_id in (ApiToken.objects.get(user=bob).pk, token_of(of_lyon).pk, 10**9):
        with pytest.raises(NotFound):
            revoke_token(place=place, by=alice, token_id=token_id)
    assert token_of(of_lyon)
    assert AccessLog.objects.get().about == "token of bob@amis.example"


async def test_the_connection_of_a_revoked_key_closes_and_the_others_stay(
    committed, alice, chicago, place
):
    def prepare():
        return [create_token(user=alice, tenant=chicago, name=name) for name in "ab"]

    keys, pages = await sync_to_async(prepare)(), []
    for key in keys:
        headers = [(b"host", CHICAGO.encode()), (b"authorization", f"Token {key}".encode())]
        pages.append(WebsocketCommunicator(application, "/ws", headers))
        assert (await pages[-1].connect())[0]
        assert (await pages[-1].receive_json_from())["type"] == "snapshot"

    def revoke():
        revoke_token(place=place, by=alice, token_id=token_of(keys[0]).pk)

    await sync_to_async(revoke)()
    assert await pages[0].receive_output(2) == {"type": "websocket.close", "code": 4403}
    assert await pages[1].receive_nothing(timeout=0.5)
    await pages[1].disconnect()
