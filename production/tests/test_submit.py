"""Submitted figures: all rows or none, every fault named, and they win over derived ones."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from amis.interval import Interval
from production.models import ProductionRecord
from production.services.derive import derive_records
from production.services.submit import submit_records
from production.tests.factories import beside, make_machine, store

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine("M001", breaks=[{"start": "10:00", "end": "10:30"}])


def row(**changes):
    return {
        "production_date": "2026-02-07",
        "machine_id": "M001",
        "units_produced": 450,
        "defective_units": 5,
        "downtime_min": 15,
        "shift": "Day",
    } | changes


def submit(*rows):
    return submit_records(rows=rows, now=NOW)


def test_the_earlier_readmes_row_is_stored_for_its_whole_shift(machine):
    assert submit(row()) == {"received": 1, "created": 1, "updated": 0, "unchanged": 0}
    record = ProductionRecord.objects.get()
    assert (record.pbt_s, record.apt_s, record.adet_s) == (450 * 60, 435 * 60, 15 * 60)
    assert (record.good_units, record.source, record.simulated) == (445, "submitted", False)
    assert record.oee == pytest.approx(60 * 445 / (450 * 60))


def test_names_are_found_whatever_their_case(machine):
    submit(row(machine_id="m001", shift="NIGHT"))
    assert ProductionRecord.objects.get().shift == "Night"


def test_the_same_rows_again_change_nothing_and_other_figures_update(machine):
    submit(row())
    assert submit(row())["unchanged"] == 1
    assert submit(row(units_produced=451))["updated"] == 1
    assert ProductionRecord.objects.get().units_produced == 451


def test_null_is_unknown_and_not_zero(machine):
    submit(row(units_produced=None, defective_units=None, downtime_min=None))
    record = ProductionRecord.objects.get()
    assert (record.units_produced, record.good_units, record.apt_s, record.oee) == (None,) * 4


def test_a_submitted_figure_takes_the_place_of_the_derived_one(machine):
    submit(row())
    ProductionRecord.objects.update(source="derived", units_produced=430)
    submit(row())
    assert ProductionRecord.objects.get(effective=True).source == "submitted"
    assert ProductionRecord.objects.get(effective=False).units_produced == 430


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"machine_id": "M999"}, "machine_id"),
        ({"machine_id": None}, "machine_id"),
        ({"machine_id": 7}, "machine_id"),
        ({"shift": "Late"}, "shift"),
        ({"shift": ["Day"]}, "shift"),
        ({"production_date": "2026-02-30"}, "production_date"),
        ({"production_date": "2026-W06-6"}, "production_date"),
        ({"production_date": "2026-02-11"}, "production_date"),
        ({"production_date": "2026-02-10", "shift": "Evening"}, "production_date"),
        ({"production_date": "9999-12-31"}, "production_date"),
        ({"production_date": "1969-12-31"}, "production_date"),
        ({"production_date": "0001-01-01"}, "production_date"),
        ({"units_produced": -1}, "units_produced"),
        ({"units_produced": 1.5}, "units_produced"),
        ({"units_produced": True}, "units_produced"),
        ({"units_produced": "450"}, "units_produced"),
        ({"units_produced": float("nan")}, "units_produced"),
        ({"units_produced": 10**400}, "units_produced"),
        ({"defective_units": 451}, "defective_units"),
        ({"downtime_min": 450.5}, "downtime_min"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(machine, changes, field):
    with pytest.raises(Invalid) as error:
        submit(row(shift="Evening"), row(**changes))
    faults = error.value.extra["errors"]
    assert [(fault["row"], fault["field"]) for fault in faults] == [(2, field)]
    assert not ProductionRecord.objects.exists()


def test_a_row_of_nothing_names_all_that_it_must_have(machine):
    with pytest.raises(Invalid, match=r"machine_id: is missing \(and 2 more\)") as error:
        submit({})
    fields = [fault["field"] for fault in error.value.extra["errors"]]
    assert fields == ["machine_id", "production_date", "shift"]


def test_the_future_begins_at_the_plants_own_midnight(machine):
    late = datetime(2026, 2, 11, 5, 59, tzinfo=UTC)  # 23:59 on the 10th in Chicago
    tomorrow = row(production_date="2026-02-11", shift="Day", downtime_min=0)
    with pytest.raises(Invalid, match="lies in the future: today is 2026-02-10"):
        submit_records(rows=[tomorrow], now=late)
    with pytest.raises(Invalid, match="the shift has not begun"):
        submit_records(rows=[tomorrow], now=late + timedelta(minutes=1))
    assert submit_records(rows=[tomorrow], now=late + timedelta(hours=7))["created"] == 1


def test_two_rows_about_the_same_shift_are_a_fault(machine):
    with pytest.raises(Invalid, match="row 1 is about the same"):
        submit(row(), row(machine_id="m001"))


def test_every_fault_of_every_row_is_listed(machine):
    with pytest.raises(Invalid) as error:
        submit(row(machine_id="x", units_produced=-1), "nonsense", row(downtime_min=-3))
    places = [(fault["row"], fault["field"]) for fault in error.value.extra["errors"]]
    assert places == [(1, "machine_id"), (1, "units_produced"), (2, "row"), (3, "downtime_min")]


def test_the_largest_request_is_stored_and_stored_again(machine):
    days = [date(2026, 2, 7) - timedelta(days=n) for n in range(1666)]
    rows = [row(production_date=str(d), shift=s) for d in days for s in ("Day", "Evening", "Night")]
    nothing = {"received": len(rows), "created": 0, "updated": 0, "unchanged": 0}
    assert submit(*rows) == nothing | {"created": len(rows)}
    assert submit(*rows) == nothing | {"unchanged": len(rows)}
    changed = [one | {"units_produced": 451} for one in rows[:-1]]
    assert submit(*changed, rows[-1]) == nothing | {"updated": len(rows) - 1, "unchanged": 1}
    assert ProductionRecord.objects.filter(good_units=446).count() == len(rows) - 1


def test_a_record_says_when_it_changed_and_only_then(machine):
    submit(row())
    first = ProductionRecord.objects.get().updated_at
    submit(row())
    assert ProductionRecord.objects.get().updated_at == first
    submit(row(downtime_min=None))
    record = ProductionRecord.objects.get()
    assert record.updated_at > first
    assert (record.apt_s, record.oee) == (None, pytest.approx(60 * 445 / (450 * 60)))


def test_a_figure_that_arrives_while_its_shift_is_derived_wins(committed, chicago):
    start = datetime(2026, 2, 7, 12, tzinfo=UTC)
    with tenant_context(chicago):
        machine = make_machine("M001")
        store(machine, "state", (start, 6))
        with ThreadPoolExecutor() as pool, transaction.atomic():
            derive_records(machine=machine, interval=Interval(start, NOW), now=NOW)
            answer = pool.submit(beside, chicago, submit, row())
            time.sleep(0.3)
        assert answer.result()["created"] == 1
        day = ProductionRecord.objects.filter(production_date="2026-02-07", shift="Day")
        effective = day.order_by("source").values_list("source", "effective")
        assert list(effective) == [("derived", False), ("submitted", True)]


def test_figures_of_one_plant_are_not_those_of_another(machine, lyon):
    submit(row())
    with tenant_context(lyon):
        assert not ProductionRecord.objects.exists()
        with pytest.raises(Invalid, match="there is no machine 'M001'"):
            submit(row())
