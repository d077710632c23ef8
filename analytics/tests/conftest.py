"""What tests of the stages of prediction begin with: a clock that stands, a light installation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django_tenants.utils import tenant_context

from analytics.forecasting.pool import roster
from analytics.tests.past import NOW


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
