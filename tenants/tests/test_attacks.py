"""What an attacker tries at the doors: other names for a host, other places for a session."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context

from amis.asgi import application
from production.models import Machine
from tenants.models import ApiToken, Membership, Tenant
from tenants.services.tokens import create_token

BASE = "amis.localhost"
CHICAGO, LYON, NOWHERE = (f"plant-{name}.{BASE}" for name in ("chicago", "lyon", "atlantis"))
STRANGE_HOSTS = (
    CHICAGO.upper(),
    f"{CHICAGO}.",
    f"{CHICAGO}:80:80",
    f"{CHICAGO}/..",
    f"{LYON}@{CHICAGO}",
    f"{LYON}:x@{CHICAGO}",
    f"{LYON},{CHICAGO}",
    f"[{CHICAGO}]",
    f"{CHICAGO}\0",
    "plant_chicago",
    "[::1]",
    "",
)


def ask(path: str, *, host: str = BASE, token: str | None = None, **headers: str):
    key = {"HTTP_AUTHORIZATION": f"Token {token}"} if token else {}
    return Client(HTTP_HOST=host, **key).get(path, **headers)


@pytest.fixture
def carol(db, person):
    return person("carol", chicago="manager", lyon="manager")


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_no_other_way_to_write_a_host_lets_mallory_into_chicago(db, mallory, lyon, token_for, host):
    assert ask("/api/machines", host=host, token=token_for(mallory, lyon)).status_code in (400, 404)


@pytest.mark.parametrize("host", [CHICAGO.upper(), f"{CHICAGO}:8000"])
def test_case_and_port_of_a_host_mean_nothing(db, alice, chicago, token_for, host):
    assert ask("/api/machines", host=host, token=token_for(alice, chicago)).status_code == 200


def test_a_forwarded_host_is_not_believed(db, chicago, mallory, lyon, token_for):
    with tenant_context(chicago):
        Machine.objects.create(machine_id="M001", machine_name="canary")
    token = token_for(mallory, lyon)
    answer = ask("/api/machines", host=LYON, token=token, HTTP_X_FORWARDED_HOST=CHICAGO)
    assert answer.json()["results"] == []


def test_a_token_of_chicago_in_lyon_answers_as_an_unknown_plant_does(carol, chicago, token_for):
    token = token_for(carol, chicago)
    answers = []
    for host, tenant_id in ((LYON, "plant_lyon"), (NOWHERE, "plant_atlantis")):
        answers += [
            ask("/api/machines", host=host, token=token),
            ask(f"/api/tenants/{tenant_id}/machines", token=token),
            ask("/api/machines", token=token, HTTP_X_TENANT=tenant_id),
            ask("/api/machines", host=CHICAGO, token=token, HTTP_X_TENANT=tenant_id),
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_host_path_and_header_must_name_the_same_plant(carol, chicago, lyon, token_for):
    for tenant in (chicago, lyon):
        token = token_for(carol, tenant)
        path = "/api/tenants/plant_lyon/machines"
        assert ask(path, host=CHICAGO, token=token).status_code == 404
        assert ask(path, token=token, HTTP_X_TENANT="plant_chicago").status_code == 404


def test_a_revoked_token_and_a_revoked_membership_open_nothing(db, alice, chicago, token_for):
    token = token_for(alice, chicago)
    request = {
        "HTTP_HOST": CHICAGO,
        "HTTP_AUTHORIZATION": f"Token {token}",
    }
    assert Client().get("/api/machines", **request).status_code == 200
    Membership.objects.all().delete()
    assert Client().get("/api/machines", **request).status_code == 404
    ApiToken.objects.update(revoked_at="2026-01-01T00:00Z")
    assert Client().get("/api/machines", **request).status_code == 401


def test_an_expired_token_opens_nothing(db, alice, chicago, token_for):
    token = token_for(alice, chicago)
    ApiToken.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert ask("/api/machines", host=CHICAGO, token=token).status_code == 401


def test_the_token_of_a_closed_account_opens_nothing(db, alice, chicago, token_for):
    token = token_for(alice, chicago)
    alice.is_active = False
    alice.save()
    assert ask("/api/machines", host=CHICAGO, token=token).status_code == 401


def test_of_a_suspended_plant_its_members_are_told_and_strangers_hear_nothing(
    db, alice, mallory, chicago, lyon, token_for
):
    keys = token_for(alice, chicago), token_for(mallory, lyon)
    Tenant.objects.filter(pk=chicago.pk).update(status=Tenant.Status.SUSPENDED)
    for form in ({"host": CHICAGO}, {"HTTP_X_TENANT": "plant_chicago"}):
        told, unheard = (ask("/api/machines", token=key, **form) for key in keys)
        assert (told.status_code, told.json()["code"]) == (403, "suspended")
        assert unheard.status_code == 404


def test_a_key_does_no_more_than_its_scope_and_its_role_allow(db, alice, bob, chicago):
    """Alice is a manager, but this key of hers only reads; bob reads, whatever his key says."""
    reads = create_token(user=alice, tenant=chicago, scopes=["read"])
    of_bob = create_token(user=bob, tenant=chicago)
    for key, needed in ((reads, "scope"), (of_bob, "role")):
        client = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {key}")
        assert client.get("/api/machines").status_code == 200
        refused = client.post("/api/production/submit", "[]", content_type="application/json")
        assert refused.status_code == 403
        assert needed in refused.json()["message"]


def test_a_key_of_no_plant_opens_the_plants_of_its_person_and_no_other(db, mallory, token_for):
    key = token_for(mallory, None)
    assert ask("/api/machines", host=LYON, token=key).status_code == 200
    assert ask("/api/machines", host=CHICAGO, token=key).status_code == 404


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (LYON, "/api/machines"),
        (LYON, "/accounts/plants/"),
        (LYON, "/accounts/go/plant_lyon/"),
        (BASE, "/api/tenants/plant_chicago/machines"),
        (BASE, "/api/tenants/list"),
        (BASE, "/accounts/plants/"),
        (BASE, "/accounts/go/plant_lyon/"),
        (BASE, "/admin/"),
    ],
)
def test_a_session_of_one_host_is_worth_nothing_on_another(carol, chicago, client_of, host, path):
    carol.is_superuser = True
    carol.save()
    client = client_of(carol, chicago)
    assert client.get("/api/machines").status_code == 200
    assert client.get(path, HTTP_HOST=host).status_code == 404


def test_the_cookies_stay_on_their_host(db, alice):
    client = Client(HTTP_HOST=CHICAGO)
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": alice.email, "password": "alice-knows-7"})
    assert set(client.cookies) == {"csrf", "session"}
    assert {cookie["domain"] for cookie in client.cookies.values()} == {""}
    assert client.cookies["session"]["httponly"]


def test_a_link_across_is_dead_when_the_membership_is(carol, client_of, chicago):
    ticket = client_of(carol, chicago).get("/accounts/go/plant_lyon/")["Location"].split(LYON)[1]
    carol.memberships.filter(tenant__schema_name="plant_lyon").delete()
    stranger = Client(HTTP_HOST=LYON)
    assert stranger.get(ticket.lstrip(":0123456789")).status_code == 404
    assert SESSION_KEY not in stranger.session


def test_a_link_across_is_dead_after_half_a_minute(carol, client_of, chicago, monkeypatch):
    ticket = client_of(carol, chicago).get("/accounts/go/plant_lyon/")["Location"].split(LYON)[1]
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    assert Client(HTTP_HOST=LYON).get(ticket.lstrip(":0123456789")).status_code == 404


def test_a_link_across_that_was_changed_opens_nothing(carol, client_of, chicago):
    ticket = client_of(carol, chicago).get("/accounts/go/plant_lyon/")["Location"].split(LYON)[1]
    for bad in (ticket[:-1] + ("a" if ticket[-1] != "a" else "b"), "/accounts/enter/"):
        assert Client(HTTP_HOST=LYON).get(bad.lstrip(":0123456789")).status_code == 404


def test_the_admin_of_a_plant_shows_nothing_but_the_plant(db, person, chicago, client_of):
    client = client_of(person("root", admin=True), chicago)
    assert client.get("/admin/production/machine/").status_code == 200
    for page in ("tenants/user/", "tenants/membership/", "tenants/tenant/", "tenants/domain/"):
        assert client.get(f"/admin/{page}").status_code == 403, page


def test_after_a_fault_inside_a_plant_the_thread_is_outside_again(
    db, alice, chicago, token_for, monkeypatch
):
    token = token_for(alice, chicago)
    monkeypatch.setattr("analytics.api.kpis.kpis", lambda total: 1 / 0)
    client = Client(raise_request_exception=False, HTTP_HOST=CHICAGO)
    answer = client.get("/api/kpis", HTTP_AUTHORIZATION=f"Token {token}")
    assert (answer.status_code, connection.schema_name) == (500, "public")


async def test_a_socket_that_is_asked_for_two_plants_opens_neither(
    committed, person, chicago, lyon, token_for
):
    carol = await sync_to_async(person)("carol", chicago="manager", lyon="manager")
    for tenant in (chicago, lyon):
        token = await sync_to_async(token_for)(carol, tenant)
        headers = {"host": BASE, "authorization": f"Token {token}", "x-tenant": "plant_lyon"}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        for path in (
            "/ws?tenant_id=plant_chicago",
            "/ws?tenant_id=plant_chicago&tenant_id=plant_lyon",
        ):
            assert await WebsocketCommunicator(application, path, pairs).connect() == (False, 4404)


def socket_with(cookie: str, host: str, origin: str | None = None) -> WebsocketCommunicator:
    headers = {"host": host, "cookie": cookie, "origin": origin or f"http://{host}"}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return WebsocketCommunicator(application, "/ws", pairs)


async def test_a_session_opens_the_socket_of_its_own_host_and_page_only(
    committed, person, chicago, client_of
):
    carol = await sync_to_async(person)("carol", chicago="manager", lyon="manager")
    client = await sync_to_async(client_of)(carol, chicago)
    cookie = f"a@b=odd; session={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    own = socket_with(cookie, CHICAGO)
    assert (await own.connect())[0]
    await own.disconnect()
    for host in (LYON, BASE):
        assert await socket_with(cookie, host).connect() == (False, 4401), host
    for origin in (
        f"http://{LYON}",
        "null",
        f"http://{CHICAGO}.evil.example",
        f"https://{CHICAGO}",
    ):
        assert await socket_with(cookie, CHICAGO, origin).connect() == (False, 4403), origin
