"""Trainings that people ask for: one of a kind at a time, whoever asks and however quickly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from amis.errors import Conflict
from analytics.models import Run
from analytics.services.asked import ask_for_training
from production.models import Job
from production.services.jobs import cancel_job

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ALICE = SimpleNamespace(pk=7)


@pytest.fixture
def plant(committed):
    with schema_context("plant_chicago"):
        yield


def asked(_: int = 0) -> Job | None:
    """What one person gets; None for a refusal. For threads of their own."""
    try:
        with schema_context("plant_chicago"):
            return ask_for_training(task="downtime", now=NOW, user=ALICE)
    except Conflict:
        return None


def from_a_thread(number: int) -> Job | None:
    try:
        return asked(number)
    finally:
        connection.close()


def test_of_people_who_ask_at_once_one_gets_the_training(plant):
    with ThreadPoolExecutor(6) as people:
        jobs = list(people.map(from_a_thread, range(6)))
    assert len([job for job in jobs if job is not None]) == 1
    assert Run.objects.count() == 1


def test_after_a_queued_training_was_cancelled_another_can_be_asked_for(plant):
    first = asked()
    assert first is not None
    assert asked() is None
    cancel_job(job_id=first.pk)
    assert asked() is not None
