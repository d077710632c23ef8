"""An engineer changes the shift plan while a shift runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.models import ProductionRecord, StateInterval, Stop
from production.services.derive import derive_records
from production.tests.factories import make_machine, store

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
EXECUTE, HELD = 6, 11


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture
def machine(db, chicago):
    """Five hours of the Day shift are derived: a piece every ten minutes, a stop from 60 to 120."""
    with tenant_context(chicago):
        machine = make_machine()
        store(machine, "state", (minute(-60), EXECUTE), (minute(60), HELD), (minute(120), EXECUTE))
        store(machine, "produced", *((minute(10 * n - 5), 100 + n) for n in range(-6, 40)))
        derive_records(
            machine=machine, interval=Interval(minute(-60), minute(300)), now=minute(300)
        )
        yield machine


def change_plan(machine, *shifts: tuple[str, str, str]) -> None:
    plan = [{"name": name, "start": start, "end": end} for name, start, end in shifts]
    machine.shift_pattern.shifts = plan
    machine.shift_pattern.save()


def go_on(machine) -> None:
    for n in (301, 302):
        derive_records(machine=machine, interval=Interval(minute(n - 1), minute(n)), now=minute(n))


def seconds() -> list[tuple]:
    records = ProductionRecord.objects.order_by("shift_start")
    return [(r.shift, r.pot_s / 60, r.pbt_s / 60, r.units_produced) for r in records]


def nothing_overlaps() -> None:
    for model in (StateInterval, Stop):
        rows = list(model.objects.order_by("start").values_list("start", "end"))
        assert all(rows[n][1] <= rows[n + 1][0] for n in range(len(rows) - 1)), rows


def test_a_running_shift_of_the_old_plan_ends_where_the_new_one_begins(machine):
    change_plan(machine, ("Early", "07:30", "15:30"), ("Late", "15:30", "23:30"))
    go_on(machine)
    assert seconds() == [("Night", 480, 60, 6), ("Day", 90, 90, 9), ("Early", 212, 212, 21)]
    nothing_overlaps()


def test_a_new_shift_takes_no_second_from_an_old_one_that_had_ended(machine):
    change_plan(machine, ("Early", "05:30", "13:30"), ("Late", "13:30", "21:30"))
    go_on(machine)
    assert seconds() == [("Night", 480, 60, 6), ("Early", 302, 302, 30)]
    nothing_overlaps()


def test_a_plan_that_stays_changes_nothing(machine):
    go_on(machine)
    assert seconds() == [("Night", 480, 60, 6), ("Day", 302, 302, 30)]
