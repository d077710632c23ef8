"""Everybody's own profile: the colours of the pages and the clock in which they tell times."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from amis.tests.calls import BASE, CHICAGO, LYON
from production.models import Connection
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine
from tenants.models import User

PROFILE = "/accounts/profile/"
WISH = {"theme": "dark", "time_display": "utc"}


def text_of(answer) -> str:
    return answer.content.decode()


def theme_of(answer) -> str | None:
    found = re.search(r'<html lang="en" data-theme="(\w+)"', text_of(answer))
    return found[1] if found else None


@pytest.mark.parametrize("on_plant", [True, False])
def test_a_viewer_chooses_colours_and_clock_on_any_host(db, bob, chicago, client_of, on_plant):
    client = client_of(bob, chicago if on_plant else None)
    assert theme_of(client.get(PROFILE)) is None
    saved = client.post(PROFILE, WISH, follow=True)
    assert saved.redirect_chain == [(PROFILE, 302)]
    assert "Saved." in text_of(saved)
    assert theme_of(saved) == "dark"
    bob.refresh_from_db()
    assert (bob.theme, bob.time_display) == ("dark", "utc")
    back = re.search(r'class="brand" href="([^"]+)"', text_of(saved))
    assert back[1] == ("/" if on_plant else "/accounts/plants/")


def test_one_writes_nobody_elses_profile_and_nothing_else_of_ones_own(db, alice, bob, client_of):
    more = {"user": "alice", "pk": alice.pk, "username": "alice", "is_superuser": "on"}
    client_of(bob).post(PROFILE, WISH | more | {"email": "alice@amis.example"})
    after = User.objects.get(pk=bob.pk)
    assert (after.username, after.email, after.is_superuser) == ("bob", "bob@amis.example", False)
    alice.refresh_from_db()
    assert alice.theme == "system"


@pytest.mark.parametrize("field", ["theme", "time_display"])
def test_a_faulty_choice_stands_at_its_field_and_changes_nothing(db, bob, client_of, field):
    answer = client_of(bob).post(PROFILE, WISH | {field: "pink"})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in text_of(answer)
    bob.refresh_from_db()
    assert (bob.theme, bob.time_display) == ("system", "plant")


def test_the_doors_of_the_profile(db, bob, chicago, lyon, client_of):
    login = Client(HTTP_HOST=BASE).get(PROFILE)
    assert login["Location"] == f"/accounts/login/?next={PROFILE}"
    client = client_of(bob, chicago)
    assert client.get(PROFILE, HTTP_HOST=LYON).status_code == 404
    assert client.put(PROFILE).status_code == 405
    strict = Client(HTTP_HOST=CHICAGO, enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(PROFILE, WISH).status_code == 403


def test_pages_of_the_plant_follow_the_profile(db, alice, chicago, client_of):
    client = client_of(alice, chicago)
    with tenant_context(chicago):
        Connection.objects.create(
            name="hall", endpoint_url="opc.tcp://127.0.0.1:4840", last_seen_at="2026-01-07T18:30Z"
        )
    told = text_of(client.get("/settings/"))
    assert ">12:30<" in told
    assert 'data-zone="America/Chicago"' in told
    client.post(PROFILE, WISH)
    answer = client.get("/settings/")
    assert ">18:30<" in text_of(answer)
    assert 'data-zone="UTC"' in text_of(answer)
    assert re.search(r"</strong> UTC<", text_of(answer))
    assert theme_of(answer) == "dark"


def test_the_clock_of_a_strip_is_the_one_of_the_page(db, bob, chicago, client_of, monkeypatch):
    noon = datetime(2026, 1, 7, 18, 0, tzinfo=UTC)
    client = client_of(bob, chicago)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    with tenant_context(chicago):
        make_machine()
        ensure_reasons()
    ticks = {}
    for choice in ("plant", "utc"):
        client.post(PROFILE, {"theme": "system", "time_display": choice})
        told = text_of(client.get("/"))
        ticks[choice] = {
            int(hour) for hour in re.findall(r"<text[^>]*>(\d\d)(?::00)?</text>", told)
        }
    assert ticks["plant"] >= {8, 10, 12}
    assert ticks["utc"] == {(hour + 6) % 24 for hour in ticks["plant"]}
