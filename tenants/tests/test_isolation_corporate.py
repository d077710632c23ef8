"""The view over plants shows sums of plants that one may see, and nothing else of any plant."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from amis.tests.calls import BASE, LYON
from analytics.services.publishing import publish
from analytics.tests.test_publishing import NOW, one_record
from production.models import Machine
from production.tests.factories import make_machine
from tenants.services.plants import change_tenant

SUMMARY, PAGE = "/api/corporate/summary?days=30", "/corporate/?days=30"
PIECES = 987_654.0
CANARY = "Canary of Chicago"


@pytest.fixture
def canaries(db, chicago, lyon, monkeypatch):
    """Chicago made a number of pieces that nobody mistakes, on a machine with a name of its own."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    change_tenant(chicago, values={"tenant_name": CANARY})
    with tenant_context(chicago):
        machine = make_machine("CANARY-1")
        Machine.objects.update(machine_name="Canary machine")
        one_record(machine, date(2026, 10, 30), units_produced=PIECES, good_units=PIECES)
        publish(NOW)
    with tenant_context(lyon):
        make_machine()
        publish(NOW)


def read(client: Client, **headers: str) -> str:
    return "".join(client.get(path, **headers).content.decode() for path in (SUMMARY, PAGE))


def test_the_canaries_are_seen_by_who_may_see_all_plants_but_no_machine_is(
    canaries, person, client_of
):
    told = read(client_of(person("carol", corporate=True)))
    assert "987654" in told
    assert "987,654" in told
    assert CANARY in told
    assert "CANARY-1" not in told
    assert "Canary machine" not in told


def test_mallory_sees_nothing_of_chicago(canaries, mallory, lyon, client_of, token_for):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    for told in (read(client_of(mallory)), read(Client(HTTP_HOST=BASE), **key)):
        assert "Lyon" in told
        for canary in ("987654", "987,654", "Canary", "plant_chicago"):
            assert canary not in told


def test_naming_chicago_does_not_help_mallory(canaries, mallory, lyon, token_for):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    ask = Client(HTTP_HOST=BASE)
    assert ask.get(SUMMARY, HTTP_X_TENANT="plant_chicago", **key).status_code == 404
    assert ask.get(f"{SUMMARY}&tenant_id=plant_chicago", **key).json()["tenants"][0][
        "tenant_id"
    ] == ("plant_lyon")
    path = "/api/tenants/plant_chicago/corporate/summary"
    assert ask.get(path, **key).status_code == 404
    assert ask.get(SUMMARY, HTTP_HOST=LYON, **key).status_code == 404


def test_a_revoked_member_sees_the_plant_no_more(canaries, alice, client_of):
    client = client_of(alice)
    assert "987654" in read(client)
    alice.memberships.all().delete()
    assert client.get(SUMMARY).status_code == 403
    assert "987" not in read(client)
