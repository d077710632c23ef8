"""Metrics by plant day: sums of minutes and pieces, ratios of sums, unknown told from zero."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from django_tenants.utils import tenant_context

from analytics.selectors.daily_series import daily_series
from analytics.selectors.shift_history import predicted_machines
from production.models import Machine, PlantClosure, ProductionRecord
from production.selectors.calendar import calendar_of
from production.tests.factories import make_machine

CHICAGO = "America/Chicago"
FIRST = date(2026, 11, 16)
SHIFT = {
    "pot_s": 28_800.0, "pbt_s": 28_800.0, "apt_s": 27_000.0, "adet_s": 1_800.0,
    "units_produced": 400.0, "good_units": 390.0, "defective_units": 10.0,
    "ideal_produced_s": 24_000.0, "ideal_good_s": 23_400.0,
}  # fmt: skip


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def work(machine: Machine, day: date, **values) -> None:
    """Records of all of the day's shifts."""
    for planned in calendar_of(machine).on(day):
        ProductionRecord.objects.create(
            machine=machine,
            production_date=day,
            shift=planned.name,
            shift_start=planned.interval.start,
            shift_end=planned.interval.end,
            source="derived",
            **{**SHIFT, **values},
        )


def series(days: int = 3, key: str = "M001"):
    found = daily_series(
        machines=predicted_machines(),
        first=FIRST,
        last=FIRST + timedelta(days=days),
        timezone=CHICAGO,
    )
    return {one.metric: one for one in found if one.key == key}


def test_minutes_and_pieces_are_summed_and_ratios_are_ratios_of_sums(machine):
    work(machine, FIRST)
    found = series(1)
    assert found["downtime_min"].values.tolist() == [90.0]
    assert found["units_produced"].values.tolist() == [1200.0]
    assert found["defect_rate"].values.tolist() == [0.025]
    assert found["oee"].values == pytest.approx([23_400 / 28_800])


def test_a_day_without_records_is_unknown_and_not_zero(machine):
    work(machine, FIRST)
    work(machine, FIRST + timedelta(days=2))
    values = series()["downtime_min"].values
    assert np.isnan(values).tolist() == [False, True, False]


def test_a_day_with_one_unknown_count_has_no_sum_of_pieces_but_its_minutes(machine):
    work(machine, FIRST, units_produced=None)
    found = series(1)
    assert np.isnan(found["units_produced"].values[0])
    assert found["downtime_min"].values[0] == 90


def test_a_closed_day_adds_nothing_and_has_no_ratio(machine):
    work(machine, FIRST)
    PlantClosure.objects.create(day=FIRST + timedelta(days=1), name="Holiday")
    found = series(2)
    assert found["downtime_min"].is_open[:2].tolist() == [True, False]
    assert found["downtime_min"].values[1] == 0
    assert np.isnan(found["oee"].values[1])


def test_closures_to_come_are_in_the_plan(machine):
    work(machine, FIRST)
    PlantClosure.objects.create(day=FIRST + timedelta(days=10))
    plan = series(1)["oee"].plan_from(FIRST + timedelta(days=1))
    assert len(plan) == 30
    assert np.flatnonzero(~plan).tolist() == [9]


def test_at_midnight_the_day_whose_night_shift_runs_on_is_not_known(machine):
    for n in range(3):
        work(machine, FIRST + timedelta(days=n))
    one = series()["downtime_min"]
    known = one.before(FIRST + timedelta(days=2)).values
    assert known[0] == 90
    assert np.isnan(known[1])
    assert one.values.tolist() == [90.0] * 3


def test_the_plant_is_the_sum_of_its_machines(machine):
    work(machine, FIRST)
    work(make_machine("M002"), FIRST, adet_s=3_600.0, units_produced=200.0, defective_units=20.0)
    found = series(1, key="*")
    assert found["downtime_min"].values.tolist() == [270.0]
    assert found["defect_rate"].values.tolist() == [pytest.approx(90 / 1800)]


def test_a_day_that_was_mostly_not_heard_is_unknown(machine):
    work(machine, FIRST, pbt_s=7_200.0, no_data_s=21_600.0)
    assert np.isnan(series(1)["downtime_min"].values[0])
