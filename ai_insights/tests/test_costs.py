"""Costs hold from a day on, a machine's own before the plant's."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django_tenants.utils import tenant_context

from ai_insights.models import Cost
from ai_insights.selectors.costs import costs_on
from ai_insights.services.demo_costs import set_demo_costs
from production.tests.factories import make_machine

DAY = date(2026, 11, 18)
ADMIN = "/admin/ai_insights/cost/"
FORM = {"machine": "", "valid_from": "2026-07-01", "currency": "EUR", "minute_low": "30",
        "minute_high": "40", "scrap_low": "1", "scrap_high": "2"}  # fmt: skip


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def cost(low: float, since: date, **more) -> Cost:
    ends = {"minute_low": low, "minute_high": low + 10, "scrap_low": 1, "scrap_high": 2}
    return Cost.objects.create(valid_from=since, **ends, **more)


def test_the_newest_cost_that_is_valid_counts_and_a_machines_own_first(machine):
    other = make_machine("M002")
    cost(10, date(2025, 1, 1))
    cost(20, DAY)
    cost(99, date(2026, 11, 19))
    cost(50, date(2024, 1, 1), machine=machine)
    costs = costs_on(DAY)
    assert [costs.of(one).minute_low for one in (machine, other, None)] == [50, 20, 20]
    assert costs_on(date(2023, 1, 1)).of(machine) is None


def test_another_plants_cost_is_not_seen(machine, lyon):
    with tenant_context(lyon):
        cost(10, DAY)
    assert costs_on(DAY).of(machine) is None


def test_a_viewer_reads_the_costs_and_cannot_set_one(db, bob, chicago, client_of):
    with tenant_context(chicago):
        cost(20, DAY, machine=make_machine())
    browser = client_of(bob, chicago)
    (row,) = browser.get("/api/ai/costs").json()["results"]
    assert (row["machine_id"], row["minute_low"], row["minute_high"]) == ("M001", 20, 30)
    assert browser.get(ADMIN).status_code == 403


def test_an_engineer_sets_a_cost_whose_low_end_is_the_lower_one(person, db, chicago, client_of):
    browser = client_of(person("eve", chicago="engineer"), chicago)
    ContentType.objects.clear_cache()
    refused = browser.post(f"{ADMIN}add/", FORM | {"minute_high": "20"})
    assert refused.status_code == 200
    assert "The high figure must not be below the low one." in refused.content.decode()
    assert browser.post(f"{ADMIN}add/", FORM).status_code == 302
    assert browser.get(ADMIN).status_code == 200
    with tenant_context(chicago):
        assert costs_on(DAY).of().minute_high == 40


def test_the_demo_sets_its_costs_once_in_the_plants_currency(machine, lyon):
    set_demo_costs("plant_chicago", today=DAY)
    assert costs_on(DAY).of().currency == "USD"
    Cost.objects.update(minute_low=1)
    set_demo_costs("plant_chicago", today=DAY)
    assert costs_on(DAY).of().minute_low == 1
    with tenant_context(lyon):
        set_demo_costs("plant_lyon", today=DAY)
        assert costs_on(DAY).of().currency == "EUR"
