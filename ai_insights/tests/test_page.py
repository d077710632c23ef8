"""The page of the insights: what it tells of the work behind it."""

from __future__ import annotations

import pytest
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from analytics.tests.past import fill
from production.models import Job


@pytest.fixture
def page_of(db, alice, chicago, client_of):
    with tenant_context(chicago):
        fill(machines=2, days=9, until=clock.now())
    browser = client_of(alice, chicago)

    def read() -> str:
        answer = browser.get("/insights/")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_of_a_cancelled_analysis_it_is_told_that_the_one_before_stays(page_of, chicago):
    with tenant_context(chicago):
        Job.objects.create(kind="insight", state="cancelled", finished_at=clock.now())
    page = page_of()
    assert "The analysis that was there before stays." in page
    assert "serving" not in page
