"""What is missing is said truly, and a day is promised only where there is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from analytics.models import Run
from analytics.selectors.missing import why_no_anomalies
from analytics.selectors.missing_days import why_no_forecast
from production.models import Signal
from production.tests.factories import make_machine, store

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def plant(db, chicago):
    with tenant_context(chicago):
        yield chicago


def energy() -> None:
    """M001 with a signal whose daily sum is forecast."""
    Signal.objects.create(
        machine=make_machine(), name="energy", role="process", node="nsu=urn:test;s=e",
        forecast="daily_sum",
    )  # fmt: skip


def sampled(days: int) -> None:
    machine = Signal.objects.get(name="energy").machine
    store(machine, "process", *[(NOW - n * DAY, 3.0) for n in range(1, days + 1)])


def why(metric: str = "downtime_min", key: str = "*"):
    return why_no_forecast(now=NOW, metric=metric, key=key, row=None)


def test_a_plant_without_a_machine_is_promised_no_day(plant):
    found = why()
    assert found.missing == [
        "No active machine has a shift pattern: have 0 machines with planned shifts, need 1."
    ]
    assert found.ready_at is None
    assert not found.is_enough


def test_a_machine_without_records_may_be_forecast_in_two_weeks(plant):
    make_machine()
    assert why().missing == ["Days with records: have 0, need 14."]
    assert why().ready_at == datetime(2026, 12, 12, 6, tzinfo=UTC)


def test_of_a_signals_metric_the_days_with_samples_count(plant):
    energy()
    sampled(days=5)
    assert why("energy").missing == ["Days with samples of energy: have 5, need 14."]
    assert why("energy", "M001").missing == why("energy").missing
    assert why("energy").ready_at == datetime(2026, 12, 7, 6, tzinfo=UTC)


def test_with_enough_samples_only_a_model_lacks_however_old_they_are(plant):
    energy()
    sampled(days=20)
    found = why_no_forecast(now=NOW + 90 * DAY, metric="energy", key="*", row=None)
    assert found.is_enough
    assert "No model is trained yet" in found.missing[0]


def test_without_a_process_signal_nothing_can_be_odd(plant):
    make_machine()
    assert why_no_anomalies(NOW).missing == [
        "No active machine has a process signal: have 0 machines, need 1."
    ]


def test_signals_that_are_silent_are_told_from_a_model_that_is_to_come(plant):
    energy()
    found = why_no_anomalies(NOW)
    assert found.missing == ["Samples of process signals in two weeks: have 0, need 240 a machine."]
    assert not found.is_enough
    sampled(days=2)
    assert why_no_anomalies(NOW).is_enough


def test_a_training_that_had_too_little_says_what(plant):
    energy()
    sampled(days=2)
    said = ["M001 has 2 rows of operation with process signals; 240 are needed."]
    Run.objects.create(kind="train_anomaly", due_at=NOW, state="thin", detail={"missing": said})
    assert why_no_anomalies(NOW).missing == said
    assert not why_no_anomalies(NOW).is_enough
