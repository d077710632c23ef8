"""Every route, for everybody: who is let in, who is told no, and who hears of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django_tenants.utils import tenant_context

from amis.tests.calls import BASE, CHICAGO
from amis.tests.doors import (
    ACCOUNTS,
    ADMIN,
    IN_A_PLANT,
    OF_A_PLANT,
    ON_BASE,
    OPEN,
    PAGES,
    ROLES,
    SCOPES,
    written_down,
)
from production.models import Area, DataIssue, Machine
from production.tests.factories import make_machine
from tenants.models import Membership, Tenant
from tenants.services.people import create_user, grant_role
from tenants.services.tokens import create_token

STRANGERS = ("mallory", "corporate", "revoked")
NO_ONES = "7"


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield route.rstrip("/")


def filled(route: str) -> str:
    """The route with something in place of its names; nobody has what it asks for."""
    known = {"tenant_id": "plant_chicago", "machine_id": "M001", "verdict": "confirm",
             "job_id": "00000000-0000-4000-8000-000000000000", "form": "pdf"}  # fmt: skip
    return re.sub(r"<\w+:(\w+)>", lambda named: known.get(named[1], NO_ONES), route)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves nothing behind, even where it wants its own transaction."""
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        connection.set_schema_to_public()
        transaction.set_rollback(True)


@pytest.fixture
def person(chicago, lyon):
    """People without passwords, of whom hundreds are made here: a hash each would take minutes."""
    plants = {"chicago": chicago, "lyon": lyon}

    def make(name: str, *, corporate: bool = False, admin: bool = False, **roles: str):
        flags = {"is_corporate": corporate, "is_superuser": admin, "is_staff": admin}
        user = create_user(username=name, email=f"{name}@amis.example", **flags)
        for plant, role in roles.items():
            grant_role(user=user, tenant=plants[plant], role=role)
        return user

    return make


@pytest.fixture
def planted(db, chicago, lyon) -> None:
    """Both plants have the same rows, but for a word in each text."""
    for tenant, word in ((chicago, "canary-chicago"), (lyon, "canary-lyon")):
        with tenant_context(tenant):
            machine = make_machine()
            Machine.objects.update(machine_name=word, machine_type=word)
            Area.objects.update(name=word)
            signal = machine.signals.create(name=word, node="x")
            DataIssue.objects.create(signal=signal, kind="stuck", detail=word,
                                     started_at="2026-02-07T12:00Z")  # fmt: skip


@pytest.fixture
def keys(planted, person, chicago) -> dict[str, str]:
    """A token of each role of Chicago, of those who have none there, and one of each scope."""
    people = {role: person(role, chicago=role) for role in ROLES}
    people["mallory"] = person("mallory", lyon="admin")
    people["corporate"] = person("corporate", corporate=True)
    people["platform"] = person("platform", admin=True)
    people["revoked"] = person("revoked", chicago="admin")
    Membership.objects.filter(user=people["revoked"]).delete()
    tokens = {name: create_token(user=user, tenant=None) for name, user in people.items()}
    for scope in ("read", "submit", "manage"):
        tokens[scope] = create_token(user=people["admin"], tenant=chicago, scopes=[scope])
    return tokens


def send(method: str, path: str, *, token: str | None, host: str, **headers: str):
    """The answer, with whatever it did undone."""
    key = {"HTTP_AUTHORIZATION": f"Token {token}"} if token else {}
    client = Client(HTTP_HOST=host, raise_request_exception=False, **key, **headers)
    with undone():
        answer = client.generic(method, f"/{path}", "", content_type="application/json")
        return answer.status_code, answer.getvalue()


def forms(route: str) -> list[tuple[str, str, dict[str, str]]]:
    """The three ways to name the plant."""
    return [
        (f"api/{route}", CHICAGO, {}),
        (f"api/tenants/plant_chicago/{route}", BASE, {}),
        (f"api/{route}", BASE, {"HTTP_X_TENANT": "plant_chicago"}),
    ]


def let_in(status: int) -> bool:
    """Past the door: what comes then is about what was asked for."""
    return status in (200, 201, 202, 204, 400, 404, 409, 413)


def is_above(role: str, lowest: str) -> bool:
    return role in ROLES and lowest in ROLES and ROLES.index(role) >= ROLES.index(lowest)


def border(lowest: str) -> tuple[str, ...]:
    """The role that is let in and the one below it, which is not."""
    place = ROLES.index(lowest)
    return ROLES[max(place - 1, 0) : place + 1]


def test_each_route_stands_in_the_table_and_each_of_the_table_is_a_route():
    found = set(routes(get_resolver().url_patterns))
    found = {route for route in found if not f"{route}/".startswith((ACCOUNTS, ADMIN))}
    assert found - written_down() == set(), "say in amis/tests/doors.py who may use these"
    assert written_down() - found == set()


@pytest.mark.parametrize("route", IN_A_PLANT)
def test_a_plants_door_is_open_to_its_people_by_role_and_unknown_to_everybody_else(keys, route):
    nowhere = send("GET", "api/tenants/plant_atlantis/kpis", token=keys["mallory"], host=BASE)
    for method, lowest in IN_A_PLANT[route].items():
        for path, host, headers in forms(filled(route)):
            ask = {"host": host, **headers}
            assert send(method, path, token=None, **ask)[0] == 401, (method, path)
            for name in STRANGERS:
                assert send(method, path, token=keys[name], **ask) == nowhere, (name, method, path)
            for role in (*ROLES, "platform") if host == CHICAGO else border(lowest):
                status, body = send(method, path, token=keys[role], **ask)
                may = role == "platform" or is_above(role, lowest)
                assert let_in(status) if may else status == 403, (role, method, path, status, body)
                assert (status, body) != nowhere
                assert b"canary-lyon" not in body, (role, method, path)


@pytest.mark.parametrize("route", IN_A_PLANT)
def test_a_key_opens_what_its_scope_is_for(keys, route):
    for method, lowest in IN_A_PLANT[route].items():
        needed = SCOPES.get(lowest, "manage")
        for scope in ("read", "submit", "manage"):
            status, _ = send(method, f"api/{filled(route)}", token=keys[scope], host=CHICAGO)
            assert let_in(status) if scope == needed else status == 403, (scope, method, status)


def test_the_canaries_sing_where_they_may(keys):
    """Else their silence elsewhere would say nothing."""
    for path in ("api/kpis", "api/machines", "api/machines/live", "api/data-issues?days=365"):
        assert b"canary-chicago" in send("GET", path, token=keys["viewer"], host=CHICAGO)[1], path


@pytest.mark.parametrize("route", OF_A_PLANT)
def test_a_plant_as_a_whole_is_for_its_administrators_and_the_platforms(keys, route, monkeypatch):
    # An export reads in a transaction of its own, which is not to be had inside another.
    monkeypatch.setattr("tenants.services.export.one_moment", nullcontext)
    path = f"api/tenants/plant_chicago{route}"
    for method, lowest in OF_A_PLANT[route].items():
        assert send(method, path, token=None, host=BASE)[0] == 401
        for name in ("mallory", "revoked"):
            assert send(method, path, token=keys[name], host=BASE)[0] == 404, (name, method)
        for role in (*ROLES, "platform"):
            status, body = send(method, path, token=keys[role], host=BASE)
            may = role == "platform" or is_above(role, lowest)
            assert let_in(status) if may else status == 403, (role, method, status)
            assert b"canary-lyon" not in body


@pytest.mark.parametrize("route", ON_BASE)
def test_what_is_above_the_plants(keys, route):
    opens = {
        "anybody": {*ROLES, *STRANGERS, "platform"},
        "corporate": {*ROLES, "mallory", "corporate", "platform"},
        "platform": {"platform"},
    }
    for method, lowest in ON_BASE[route].items():
        path = filled(route).replace(f"users/{NO_ONES}", "users/viewer")
        assert send(method, path, token=None, host=BASE)[0] in (302, 401)
        for name in (*ROLES, *STRANGERS, "platform"):
            status, _ = send(method, path, token=keys[name], host=BASE)
            is_own = "users/" in path and name == "viewer"
            may = name in opens[lowest] or is_own
            assert let_in(status) and status != 404 if may else status in (403, 404), (name, status)


@pytest.mark.parametrize("route", PAGES)
def test_a_plants_page_asks_for_the_same_as_its_data(planted, person, chicago, client_of, route):
    path = f"/{filled(route)}"
    people = {role: person(role, chicago=role) for role in ROLES}
    for method, lowest in PAGES[route].items():
        answer = Client(HTTP_HOST=CHICAGO).generic(method, path)
        assert answer["Location"].startswith("/accounts/login/?next=")
        for role, user in people.items():
            with undone():
                answer = client_of(user, chicago).generic(method, path)
                assert (answer.status_code != 403) == is_above(role, lowest), (role, path)
                assert answer.status_code < 500
                assert b"canary-lyon" not in answer.content


@pytest.mark.parametrize("route", PAGES)
def test_a_plants_page_is_nowhere_for_who_is_not_of_the_plant(
    planted, person, chicago, client_of, route
):
    for user in (person("mallory", lyon="admin"), person("corporate", corporate=True)):
        answer = client_of(user, chicago).get(f"/{filled(route)}")
        assert answer.status_code == 404
        assert b"canary" not in answer.content


@pytest.mark.parametrize("route", sorted(OPEN))
def test_what_is_open_tells_of_no_plant(planted, route):
    answer = Client(HTTP_HOST=BASE, raise_request_exception=False).get(f"/{route}")
    assert answer.status_code in (200, 503)
    assert b"canary" not in answer.content
    assert b"plant_chicago" not in answer.content


@pytest.mark.parametrize("route", [*IN_A_PLANT, *PAGES])
def test_of_a_suspended_plant_its_people_are_told_and_strangers_are_not(keys, chicago, route):
    Tenant.objects.filter(pk=chicago.pk).update(status=Tenant.Status.SUSPENDED)
    is_page = route in PAGES and route not in IN_A_PLANT
    path = filled(route) if is_page else f"api/{filled(route)}"
    method = next(iter((PAGES if is_page else IN_A_PLANT)[route]))
    told, unheard = (send(method, path, token=keys[who], host=CHICAGO) for who in
                     ("admin", "mallory"))  # fmt: skip
    assert told[0] == 403
    assert unheard[0] == 404
