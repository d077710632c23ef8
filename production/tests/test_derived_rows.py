"""Derived rows are saved by difference, and what nothing speaks for any more goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.models import Outage, ProductionRecord, StateInterval, Stop, StopReason
from production.services.derive import derive_records
from production.services.submit import submit_records
from production.tests.factories import make_machine, store

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
EXECUTE, HELD = 6, 11


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def derive(machine, *, until: datetime, start: datetime = START):
    return derive_records(machine=machine, interval=Interval(start, until), now=until)


def shifts() -> list[str]:
    records = ProductionRecord.objects.order_by("shift_start", "source")
    return [f"{record.shift} {record.source}" for record in records]


def test_only_what_changed_is_written(machine):
    store(machine, "state", (minute(0), EXECUTE))
    derive(machine, until=minute(600))
    kept = {r.shift: r.updated_at for r in ProductionRecord.objects.all()}
    ids = set(StateInterval.objects.values_list("pk", flat=True))
    store(machine, "state", (minute(610), HELD))
    derive(machine, until=minute(620))
    now = {r.shift: r.updated_at for r in ProductionRecord.objects.all()}
    assert now["Day"] == kept["Day"]
    assert now["Evening"] > kept["Evening"]
    assert ids < set(StateInterval.objects.values_list("pk", flat=True))


def test_a_record_goes_when_nothing_was_heard_in_its_shift_after_all(machine):
    store(machine, "state", (minute(0), EXECUTE))
    derive(machine, until=minute(1200))
    assert shifts() == ["Day derived", "Evening derived", "Night derived"]
    Outage.objects.create(
        connection=machine.connection, started_at=minute(480), ended_at=minute(960)
    )
    derive(machine, until=minute(1200))
    assert shifts() == ["Day derived", "Night derived"]


def test_another_shift_plan_leaves_no_record_of_the_old_one(machine):
    store(machine, "state", (minute(0), EXECUTE))
    submitted = {"production_date": "2026-11-19", "machine_id": "M001", "shift": "Day"}
    submit_records(rows=[submitted], now=minute(700))
    derive(machine, until=minute(700))
    assert shifts() == ["Day derived", "Day submitted", "Evening derived"]
    long = [{"name": "Long", "start": "06:00", "end": "18:00"}]
    machine.shift_pattern.shifts = long
    machine.shift_pattern.save()
    derive(machine, until=minute(700))
    assert shifts() == ["Long derived", "Day submitted"]


def test_the_reason_of_a_running_stop_is_not_given_to_a_later_one(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(60), HELD))
    derive(machine, until=minute(65))
    Stop.objects.update(reason=StopReason.objects.create(code="jam", name="Jam"))
    store(machine, "state", (minute(70), EXECUTE), (minute(80), HELD))
    (record,) = derive(machine, until=minute(90))
    reasons = Stop.objects.order_by("start").values_list("start", "reason__code")
    assert list(reasons) == [(minute(60), "jam"), (minute(80), None)]
    assert record.unassigned_s == 600


def test_a_stop_that_falls_into_two_keeps_its_reason_on_both(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(60), HELD), (minute(90), EXECUTE))
    derive(machine, until=minute(100))
    Stop.objects.update(reason=StopReason.objects.create(code="jam", name="Jam"), note="film")
    store(machine, "state", (minute(70), EXECUTE), (minute(80), HELD))
    (record,) = derive(machine, until=minute(100))
    explained = Stop.objects.order_by("start").values_list("start", "reason__code", "note")
    assert list(explained) == [(minute(60), "jam", "film"), (minute(80), "jam", "film")]
    assert record.unassigned_s == 0


def test_a_minor_stop_needs_no_reason(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(60), HELD), (minute(61.9), EXECUTE))
    (record,) = derive(machine, until=minute(100))
    assert (record.adet_s, record.unassigned_s, record.failures) == (114, 0, 0)
