"""What is recommended: from a machine's own stops, factors and anomalies, as the API shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from analytics.models import Anomaly, Prediction
from analytics.selectors.advice import advice
from analytics.tests.past import NOW
from analytics.tests.stored import RISKS, store_risks
from production.models import Machine, Stop, StopReason
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine

HOUR = timedelta(hours=1)


def predicted() -> list[Machine]:
    """Three machines that were told of their next shift."""
    ensure_reasons()
    machines = [make_machine(f"M00{number}") for number in (1, 2, 3)]
    store_risks(machines, RISKS, now=NOW)
    return machines


@pytest.fixture
def plant(inside):
    return predicted()


def rows() -> list[Prediction]:
    return list(Prediction.objects.filter(machine__isnull=False).select_related("machine"))


def stops_of(machine: Machine, count: int, *, days_ago: float, minutes: float) -> None:
    reason = StopReason.objects.exclude(name="").first()
    for n in range(count):
        start = NOW - timedelta(days=days_ago) + n * HOUR
        Stop.objects.create(machine=machine, start=start, state="Aborted", reason=reason,
                            end=start + timedelta(minutes=minutes))  # fmt: skip


def told(days: int = 7, machine_id: str = "M002") -> list[str]:
    found = advice(rows(), days=days, now=NOW)
    return [f"{tip.text} {tip.because}" for tip in found if tip.machine_id == machine_id]


def test_the_reason_that_costs_a_machine_most_is_named_with_its_minutes(plant):
    stops_of(plant[1], 4, days_ago=2, minutes=40)
    reason = StopReason.objects.exclude(name="").first().name
    words = " ".join(told())
    assert reason.lower() in words.lower()
    assert "160" in words
    assert not any("160" in text for text in told(machine_id="M001"))


def test_stops_before_the_window_are_no_reason(plant):
    stops_of(plant[1], 4, days_ago=20, minutes=40)
    assert "160" not in " ".join(told(days=7))
    assert "160" in " ".join(told(days=30))


def test_an_open_anomaly_speaks_for_a_look_at_the_machine_and_a_dismissed_one_does_not(plant):
    event = Anomaly.objects.create(machine=plant[1], grain="signal", start=NOW - HOUR, end=NOW,
                                   score=0.99, sentence="Temperature is 85, not 60")  # fmt: skip
    assert "Temperature is 85" in " ".join(told())
    event.status = "dismissed"
    event.save()
    assert "Temperature is 85" not in " ".join(told())


def test_the_api_gives_each_machine_its_own_and_the_plant_all(db, at, chicago, alice, client_of):
    with tenant_context(chicago):
        stops_of(predicted()[1], 4, days_ago=2, minutes=40)
    answer = client_of(alice, chicago).get("/api/ml/forecast").json()
    assert answer["recommendations"]
    for tip in answer["recommendations"]:
        assert set(tip) == {"priority", "machine_id", "text", "because"}
        assert tip["priority"] in ("high", "medium", "low")
    for one in answer["machines"]:
        assert {tip["machine_id"] for tip in one["recommendations"]} <= {one["machine_id"]}
    with tenant_context(chicago):
        assert len(answer["recommendations"]) == len(advice(rows(), days=7, now=NOW))
