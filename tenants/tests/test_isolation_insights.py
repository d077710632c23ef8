"""No door shows one plant what was written for another, nor what was sent for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from ai_insights.models import Insight, WriterCall
from ai_insights.services.asked import current_insight
from analytics.tests.conftest import at  # noqa: F401 - a fixture
from analytics.tests.past import fill

CHICAGO, LYON = "plant-chicago.amis.localhost", "plant-lyon.amis.localhost"
READS = ("insights?days=7", "maintenance-plan?days=7", "calls")
PAGES = ("/insights/", "/insights/sent/")
CANARY = "Canary of Chicago"


@pytest.fixture
def canaries(db, at, chicago, lyon):  # noqa: F811 - a fixture
    """Chicago has an analysis that names it, and a call with what was sent; Lyon a past."""
    with tenant_context(lyon):
        fill(machines=1, days=10)
    with tenant_context(chicago):
        fill(machines=1, days=10)
        insight = current_insight(days=7, now=clock.now())
        facts = [{**fact, "label": CANARY} for fact in insight.facts]
        Insight.objects.update(facts=facts)
        WriterCall.objects.create(
            insight=insight, time=clock.now(), model=CANARY, source="rules", status=CANARY,
            duration_ms=1, messages=[{"role": "user", "content": CANARY}],
        )  # fmt: skip


def test_the_canaries_are_seen_in_their_own_plant(canaries, chicago, alice, client_of):
    browser = client_of(alice, chicago)
    for path in ("/api/ai/insights?days=7", "/api/ai/calls", *PAGES):
        assert CANARY in browser.get(path).content.decode(), path


@pytest.mark.parametrize("path", [*(f"/api/ai/{read}" for read in READS), *PAGES])
def test_the_other_plant_sees_none_of_them(canaries, lyon, mallory, client_of, path):
    answer = client_of(mallory, lyon).get(path)

    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("read", READS)
def test_mallory_gets_404_in_every_form_for_chicago(canaries, lyon, mallory, token_for, read):
    key = {"HTTP_AUTHORIZATION": f"Token {token_for(mallory, lyon)}"}
    for host, path, extra in (
        (CHICAGO, f"/api/ai/{read}", {}),
        ("amis.localhost", f"/api/tenants/plant_chicago/ai/{read}", {}),
        ("amis.localhost", f"/api/ai/{read}", {"HTTP_X_TENANT": "plant_chicago"}),
    ):
        assert Client(HTTP_HOST=host, **key).get(path, **extra).status_code == 404
