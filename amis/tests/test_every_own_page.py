"""Every page of accounts and of the two admin sites, for everybody, on a plant's host and the base
host.
"""

from __future__ import annotations

import itertools
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from amis.tests.calls import BASE, CHICAGO, LYON
from amis.tests.doors import (
    ACCOUNTS,
    ADMIN,
    KEY,
    NOT_IN_A_PLANT,
    OF_THE_PLATFORM,
    ON_BOTH_FACES,
    OWN_ACCOUNT,
)
from amis.tests.test_every_route import person, planted, routes, undone  # noqa: F401 - fixtures

HOSTS = (CHICAGO, BASE)
INSIDE = ("viewer", "supervisor", "engineer", "manager", "admin")
STRANGERS = ("mallory", "corporate")
LOGIN = "/accounts/login/"
SIGN_IN = f"{LOGIN}?next="


def below(prefix: str) -> list[str]:
    found = routes(get_resolver().url_patterns)
    start = prefix.rstrip("/")
    return sorted({route[len(prefix) :] for route in found if f"{route}/".startswith(f"{start}/")})


def filled(prefix: str, route: str) -> str:
    """The route's address; nobody has what it asks for, but that there is a plant in Chicago."""
    route = route.replace(KEY, "password/reset/key/1-set-password")
    route = re.sub(r"<(\w+:)?tenant_id>", "plant_chicago", route)
    return re.sub("/+", "/", f"/{prefix}{re.sub(r'<[^>]+>', '7', route)}/")


@pytest.fixture
def browsers(planted, person, chicago, lyon, client_of):  # noqa: F811 - fixtures
    """(who, host) → a browser that is signed in there; `nobody` is not."""
    people = {role: person(role, chicago=role) for role in INSIDE}
    people["mallory"] = person("mallory", lyon="admin")
    people["corporate"] = person("corporate", corporate=True)
    people["platform"] = person("platform", admin=True)
    found = {("nobody", host): Client(HTTP_HOST=host) for host in HOSTS}
    for who, user in people.items():
        found |= {(who, host): client_of(user, plant)
                  for host, plant in ((CHICAGO, chicago), (BASE, None))}  # fmt: skip
    for number, browser in enumerate(found.values()):
        # Guesses are counted by address; everybody has one.
        browser.defaults["REMOTE_ADDR"] = f"10.0.{number}.1"
        browser.raise_request_exception = False
    return found


def ask(browser: Client, method: str, path: str, *, hidden: bytes = b"canary", **headers: str):
    """The answer, with whatever it did undone; it holds no word of a plant's rows."""
    cookies = dict(browser.cookies)
    with undone():
        answer = browser.generic(method, path, **headers)
    browser.cookies.clear()
    browser.cookies.update(cookies)
    assert hidden not in answer.content, path
    return answer


def test_each_page_of_accounts_stands_in_the_table_and_each_of_the_table_is_a_page():
    assert set(below(ACCOUNTS)) == set(OWN_ACCOUNT)


def test_of_ones_own_account_no_role_tells_more_and_without_one_there_is_the_sign_in(browsers):
    for route, host in itertools.product(OWN_ACCOUNT, HOSTS):
        path = filled(ACCOUNTS, route)
        said = {who: ask(browser, "GET", path) for (who, on), browser in browsers.items()
                if on == host}  # fmt: skip
        nobody = said.pop("nobody")
        is_sent = nobody.status_code == 302 and nobody["Location"].startswith(SIGN_IN)
        assert is_sent == (OWN_ACCOUNT[route] == "anybody")
        assert nobody.status_code < 500
        if route.startswith("go/"):
            way_in = {who for who, answer in said.items() if answer.status_code == 302}
            assert way_in == {*INSIDE, "platform"}
            assert {said[who].status_code for who in STRANGERS} == {404}
        else:
            statuses = {who: answer.status_code for who, answer in said.items()}
            assert len(set(statuses.values())) == 1, statuses
            assert statuses["viewer"] < 500


def test_without_an_account_nothing_is_done_to_one(browsers):
    own = [route for route, lowest in OWN_ACCOUNT.items() if lowest == "anybody"]
    for route, host in itertools.product(own, HOSTS):
        answer = ask(browsers["nobody", host], "POST", filled(ACCOUNTS, route))
        is_sent = answer.status_code == 302 and answer["Location"].startswith(LOGIN)
        assert is_sent or answer.status_code in (405, 429), answer.status_code


def test_a_session_of_one_host_is_no_ones_on_another(browsers):
    ways = ((CHICAGO, LYON), (CHICAGO, BASE), (BASE, CHICAGO))
    for route, (at, on) in itertools.product(OWN_ACCOUNT, ways):
        answer = ask(browsers["platform", at], "GET", filled(ACCOUNTS, route), HTTP_HOST=on)
        assert answer.status_code == 404, (route, at, on)


def test_a_host_of_nobody_has_no_accounts(browsers):
    for route in (route for route, lowest in OWN_ACCOUNT.items() if lowest == "open"):
        path, host = filled(ACCOUNTS, route), f"plant-atlantis.{BASE}"
        assert ask(browsers["nobody", BASE], "GET", path, HTTP_HOST=host).status_code == 404, route


def is_of(route: str, starts: tuple[str, ...]) -> bool:
    return any(one and f"{route}/".startswith(one) for one in starts)


def sides(route: str) -> tuple[bool, bool]:
    """Whether a plant's face has the page, and whether the platform's has."""
    if route in ON_BOTH_FACES:
        return True, True
    if route.startswith("r/"):
        return False, False
    return (False, True) if is_of(route, (*NOT_IN_A_PLANT, *OF_THE_PLATFORM)) else (True, False)


def is_closed(answer, path: str) -> bool:
    """No page: refused, not there, or sent on to an address that refuses."""
    if answer.status_code == 302:
        return answer["Location"] == f"{path}change/"
    return answer.status_code in (403, 404)


def test_the_admin_in_a_plant_is_shut_to_who_does_not_configure_it(browsers):
    refusals = {"viewer": 403, "supervisor": 403, "mallory": 404, "corporate": 404}
    for route in below(ADMIN):
        path = filled(ADMIN, route)
        assert ask(browsers["nobody", CHICAGO], "GET", path)["Location"].startswith(SIGN_IN), path
        for who, status in refusals.items():
            assert ask(browsers[who, CHICAGO], "GET", path).status_code == status, (who, path)
        if route != "login":  # whose guesses are counted
            assert ask(browsers["supervisor", CHICAGO], "POST", path).status_code == 403, path


@pytest.mark.parametrize("who", ["engineer", "manager", "admin", "platform"])
def test_the_admin_in_a_plant_has_only_pages_of_the_plant(browsers, who):
    for route in below(ADMIN):
        path, (in_plant, _) = filled(ADMIN, route), sides(route)
        answer = ask(browsers[who, CHICAGO], "GET", path, hidden=b"canary-lyon")
        assert answer.status_code < 500, path
        assert in_plant or is_closed(answer, path), (path, answer.status_code)


def test_the_admin_on_the_base_host_is_shut_to_all_but_the_platforms_people(browsers):
    for route in below(ADMIN):
        path = filled(ADMIN, route)
        assert ask(browsers["nobody", BASE], "GET", path)["Location"].startswith(SIGN_IN), path
        for who in ("viewer", "manager", "admin", *STRANGERS):
            assert ask(browsers[who, BASE], "GET", path).status_code == 403, (who, path)


def test_the_admin_on_the_base_host_has_only_the_platforms_pages(browsers):
    for route in below(ADMIN):
        path, (_, on_base) = filled(ADMIN, route), sides(route)
        answer = ask(browsers["platform", BASE], "GET", path)
        assert answer.status_code < 500, path
        assert on_base or is_closed(answer, path), (path, answer.status_code)
