"""A plant day is complete when it is over and its last shift has ended, by the plant's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django_tenants.utils import tenant_context

from production.models import PlantClosure, ShiftPattern
from production.selectors.complete_day import end_of_day, last_complete_day
from production.tests.factories import make_machine

DAY = [{"name": "Day", "start": "06:00", "end": "14:00"}]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def inside(db, chicago):
    with tenant_context(chicago):
        yield


def test_yesterday_is_complete_only_when_its_night_shift_has_ended(inside):
    make_machine("M001")

    assert last_complete_day(at("2026-02-11T05:59:00-06:00")) == date(2026, 2, 9)
    assert last_complete_day(at("2026-02-11T06:00:00-06:00")) == date(2026, 2, 10)
    assert end_of_day(date(2026, 2, 10)) == at("2026-02-11T06:00:00-06:00")


def test_the_night_in_which_the_clock_is_set_ends_at_six_of_the_new_time(inside):
    make_machine("M001")

    assert end_of_day(date(2026, 3, 7)) == at("2026-03-08T06:00:00-05:00")
    assert last_complete_day(at("2026-03-08T05:59:00-05:00")) == date(2026, 3, 6)


def test_without_night_shifts_yesterday_is_complete_at_midnight(inside):
    make_machine("M001")
    ShiftPattern.objects.update(shifts=DAY)

    assert last_complete_day(at("2026-02-11T00:00:00-06:00")) == date(2026, 2, 10)


def test_a_day_without_shifts_is_complete_when_it_is_over(inside):
    make_machine("M001")
    PlantClosure.objects.create(day=date(2026, 2, 10), name="Inventory")

    assert last_complete_day(at("2026-02-11T00:30:00-06:00")) == date(2026, 2, 10)
