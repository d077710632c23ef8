"""What tests of the stages of prediction begin with: a clock that stands, a light installation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django_tenants.utils import tenant_context

from analytics.forecasting.pool import roster
from analytics.tests.past import NOW, fill


@pytest.fixture
def at(monkeypatch) -> Callable[[datetime], None]:
    """Stops Django's clock at an instant."""

    def stop(instant: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    stop(NOW)
    return stop


@pytest.fixture
def inside(db, at, chicago):
    """In Chicago, on a Monday at 09:30."""
    with tenant_context(chicago):
        yield chicago


@pytest.fixture
def light(monkeypatch) -> None:
    """An installation without the packages of forecasting: members of numpy alone."""
    monkeypatch.setattr(roster, "find_spec", lambda name: None)


@pytest.fixture
def thin(db, at, chicago):
    """A machine with five records."""
    with tenant_context(chicago):
        fill(machines=1, days=2)
    return chicago


@pytest.fixture
def api(db, at, chicago, alice, client_of):
    browser = client_of(alice, chicago)

    def get(path: str, status: int = 200):
        answer = browser.get(f"/api/ml/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    get.browser = browser
    return get
