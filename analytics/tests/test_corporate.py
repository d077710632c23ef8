"""Who sees the sums of which plants, where, and what is written down of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from amis.tests.calls import BASE, CHICAGO, KPI
from amis.tests.described import faults
from analytics.services.publishing import publish
from analytics.tests.test_publishing import NOW, fill
from tenants.models import AccessLog, PublishedShift, Tenant
from tenants.services.tokens import create_token

SUMMARY = "/api/corporate/summary"
WINDOWS = (
    "days=1",
    "days=30",
    "from=2026-10-24&to=2026-11-02",
    "from=2026-10-25T06:00:00Z&to=2026-11-01T12:30:00%2B01:00",
)
ADDED = (
    "pbt_min", "pot_min", "no_data_min", "aust_min", "adot_min", "unassigned_min",
)  # fmt: skip


@pytest.fixture
def plants(db, chicago, lyon, at):
    at(NOW)
    for seed, tenant in enumerate((chicago, lyon)):
        with tenant_context(tenant):
            fill(seed)
            publish(NOW)
    return chicago, lyon


@pytest.fixture
def carol(person):
    return person("carol", corporate=True)


def ask(client_or_token, query: str = "", status: int = 200, host: str = BASE):
    headers = {}
    client = client_or_token
    if isinstance(client_or_token, str):
        client, headers = Client(), {"HTTP_AUTHORIZATION": f"Token {client_or_token}"}
    answer = client.get(f"{SUMMARY}?{query}", HTTP_HOST=host, **headers)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.mark.parametrize("query", WINDOWS)
def test_every_plant_says_what_its_own_kpis_say_and_the_totals_are_their_sum(
    plants, person, carol, client_of, query
):
    eve = person("eve", chicago="viewer", lyon="viewer")
    body = ask(client_of(carol), query)
    assert [one["tenant_id"] for one in body["tenants"]] == ["plant_chicago", "plant_lyon"]
    for tenant, told in zip(plants, body["tenants"], strict=True):
        own = client_of(eve, tenant).get(f"/api/kpis?{query}").json()
        for key in KPI:
            assert told[key] == pytest.approx(own[key]) or told[key] == own[key], key
    for key in ADDED:
        assert body["totals"][key] == pytest.approx(sum(one[key] for one in body["tenants"]))


def test_the_answer_is_what_the_document_says(plants, carol, client_of):
    body = ask(client_of(carol), "days=30")
    assert set(body) == {"days", "from", "to", "tenants", "totals"}
    assert set(body["tenants"][0]) == {"tenant_id", "tenant_name", "timezone"} | KPI
    assert set(body["totals"]) == KPI
    assert faults(SUMMARY, "get", 200, body) == []
    # Days are each plant's own: Lyon's begin six hours before Chicago's, and one has wintertime.
    assert (body["days"], body["from"]) == (30, "2026-10-05T22:00:00Z")
    assert body["to"] == "2026-11-05T06:00:00Z"


def test_people_of_plants_see_their_own_and_who_has_none_is_refused(
    plants, alice, person, client_of
):
    assert [one["tenant_id"] for one in ask(client_of(alice))["tenants"]] == ["plant_chicago"]
    refused = ask(client_of(person("nobody")), "days=x", status=403)
    assert refused["extra"]["needed"] == "corporate"
    assert faults(SUMMARY, "get", 403, refused) == []
    assert ask(Client(), status=401)["code"] == "not_signed_in"


def test_a_platform_administrator_sees_all_and_a_suspended_plant_is_left_out(
    plants, person, client_of
):
    root = client_of(person("root", admin=True))
    assert len(ask(root)["tenants"]) == 2
    Tenant.objects.filter(schema_name="plant_lyon").update(status=Tenant.Status.SUSPENDED)
    assert [one["tenant_id"] for one in ask(root)["tenants"]] == ["plant_chicago"]


def test_a_key_of_a_plant_sees_that_plant_and_one_that_may_not_read_nothing(
    plants, carol, alice, chicago
):
    body = ask(create_token(user=alice, tenant=chicago))
    assert [one["tenant_id"] for one in body["tenants"]] == ["plant_chicago"]
    assert len(ask(create_token(user=carol, tenant=None))["tenants"]) == 2
    blind = create_token(user=carol, tenant=None, scopes=["submit"])
    assert ask(blind, status=403)["extra"] == {"needed_scope": "read"}


def test_there_are_no_sums_over_plants_on_a_plants_host(plants, alice, mallory, client_of, chicago):
    ask(client_of(alice, chicago), status=404, host=CHICAGO)
    ask(client_of(mallory, chicago), status=404, host=CHICAGO)


@pytest.mark.parametrize("query", ["days=366", "days=0", "from=2026-01-01", "days=7&from=x&to=y"])
def test_a_window_that_is_none_is_refused_and_no_view_is_written_down(
    plants, carol, client_of, query
):
    assert ask(client_of(carol), query, status=400)["code"] == "invalid"
    assert not AccessLog.objects.filter(action="corporate_viewed").exists()


def test_every_view_is_in_the_access_log(plants, carol, client_of):
    ask(client_of(carol))
    ask(client_of(carol), "from=2026-10-24&to=2026-11-02")
    lines = AccessLog.objects.filter(action="corporate_viewed").order_by("pk")
    assert [line.user_label for line in lines] == ["carol@amis.example"] * 2
    assert [line.about for line in lines] == [
        "days=7, plants: 2",
        "from=2026-10-24 to=2026-11-02, plants: 2",
    ]


def test_where_there_is_no_plant_the_sums_are_of_nothing(db, person, client_of):
    Tenant.objects.update(status=Tenant.Status.SUSPENDED)
    body = ask(client_of(person("carol", corporate=True)))
    assert body["tenants"] == []
    assert body["totals"]["oee"] is None
    assert datetime.fromisoformat(body["to"]) > datetime.now(UTC)


def test_a_plant_that_never_published_is_shown_without_figures(plants, carol, client_of):
    PublishedShift.objects.filter(tenant="plant_lyon").delete()
    lyon = ask(client_of(carol), "days=30")["tenants"][1]
    assert lyon["tenant_name"] == "Lyon"
    assert lyon["oee"] is None
    assert lyon["reasons"]["oee"]
