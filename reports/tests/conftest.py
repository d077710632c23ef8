"""What tests of reports begin with: plants with a past, a clock that stands, mail in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from amis.environment import Mail
from analytics.tests.past import fill

NOW = datetime.fromisoformat("2026-11-19T08:00:30-06:00")
"""A Thursday at Chicago, half a minute after the report is due."""


@pytest.fixture
def at(monkeypatch) -> Callable[[datetime], None]:
    """Stops Django's clock at an instant."""

    def stop(instant: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    stop(NOW)
    return stop


@pytest.fixture
def mail(monkeypatch, tmp_path) -> Callable[..., Mail]:
    """Sets how mail goes: mail(server="127.0.0.1", port=25); without a word the demo's folder."""

    def choose(**more: object) -> Mail:
        values = {"sender": "amis@amis.example", "receivers": ("boss@amis.example",)}
        chosen = Mail(**{"server": "", "port": 587, "password": "", **values, **more})
        monkeypatch.setattr(settings, "MAIL", chosen)
        return chosen

    monkeypatch.setattr(settings, "MAIL_DIR", tmp_path / "mail")
    choose()
    return choose


@pytest.fixture
def inside(db, at, chicago):
    """In Chicago, with two machines and a week of records."""
    with tenant_context(chicago):
        fill(machines=2, days=8, until=NOW - timedelta(hours=2))
        yield chicago


@pytest.fixture
def is_demo(monkeypatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, demo=True))
