"""Imported stops beside what is there: an earlier import, derivation, figures, a person's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.live import data_version
from production.models import ProductionRecord, Stop
from production.services.derive import derive_records
from production.services.past import import_production, observed
from production.services.reasons import give_reason
from production.tests.factories import make_machine, store
from production.tests.imported import NOW, shift, stops, told


def test_the_same_file_again_changes_nothing(machine, take_stops, chicago):
    lines = (
        "M001,2026-02-02T13:30,2026-02-02T14:45,Dust\nM001,2026-02-03T01:00,2026-02-03T02:00,jam\n"
    )
    first = take_stops(lines)
    before = list(ProductionRecord.objects.order_by("pk").values())
    assert told(take_stops(lines)) == (0, 0, first.created, 0)
    assert list(ProductionRecord.objects.order_by("pk").values()) == before


def test_a_corrected_file_changes_what_it_corrects(machine, take_stops):
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\nM001,2026-02-03T07:00,2026-02-03T08:00,\n")
    outcome = take_stops("M001,2026-02-02T07:00,2026-02-02T09:00,\n")
    assert told(outcome) == (0, 3, 3, 1)
    assert shift("2026-02-02", "Day").adet_s == 7200
    assert shift("2026-02-03", "Day").adet_s == 0


def test_months_that_are_imported_one_after_the_other_join(machine, take_stops):
    lines = "M001,2026-02-03T13:00,2026-02-03T16:00,\n"
    take_stops(lines, "2026-02-02", "2026-02-03T15:00")
    assert not ProductionRecord.objects.filter(production_date="2026-02-03", shift="Evening")
    take_stops(lines, "2026-02-03T13:30", "2026-02-05")
    assert stops() == [("03 19:00", "03 20:00", "Day"), ("03 20:00", "03 22:00", "Evening")]
    assert shift("2026-02-03", "Day").adet_s == 3600


def test_a_persons_reason_survives_the_next_import_and_counts(machine, take_stops):
    lines = "M001,2026-02-02T09:50,2026-02-02T11:00,\nM001,2026-02-02T12:00,2026-02-02T12:10,Dust\n"
    take_stops(lines)
    assert shift("2026-02-02", "Day").unassigned_s == 40 * 60
    stop = Stop.objects.earliest("start")
    give_reason(stop_id=stop.pk, code="jam", note="again", user_id=7, label="alice")
    assert shift("2026-02-02", "Day").unassigned_s == 0
    assert told(take_stops(lines))[:2] == (0, 0)
    stop.refresh_from_db()
    assert (stop.reason.code, stop.note, stop.reason_by) == ("jam", "again", "alice")


def test_derivation_leaves_imported_stops_alone_and_adds_none(machine, take_stops):
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\nM001,2026-02-01T23:00,2026-02-02T02:00,\n")
    start = datetime(2026, 2, 2, 4, tzinfo=UTC)
    at = [start + timedelta(minutes=n) for n in (0, 30, 150, 720, 740)]
    store(machine, "state", *zip(at, (6, 9, 6, 9, 6), strict=True))
    before = stops()
    derive_records(machine=machine, interval=Interval(start, start + timedelta(hours=20)), now=NOW)
    assert stops() == before
    assert not Stop.objects.filter(imported=False).exists()
    day = ProductionRecord.objects.filter(production_date="2026-02-02", shift="Day")
    assert dict(day.values_list("source", "effective")) == {"derived": False, "imported": True}


def test_a_stop_that_goes_on_does_not_silence_what_samples_tell_later(machine, take_stops):
    take_stops("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T11:00Z")
    assert stops()[-1] == ("20 10:00", "", "Night")
    start = datetime(2026, 2, 20, 11, 30, tzinfo=UTC)
    at = [start + timedelta(minutes=n) for n in (0, 120, 180)]
    store(machine, "state", *zip(at, (9, 6, 9), strict=True))
    end = start + timedelta(hours=4)
    derive_records(machine=machine, interval=Interval(start, end), now=end)
    derived = Stop.objects.filter(imported=False).order_by("start")
    assert [f"{stop.start:%H:%M}" for stop in derived] == ["12:00", "14:30"]


def test_a_machine_that_amis_hears_is_not_left_stopped_by_a_file(machine, take_stops):
    start = datetime(2026, 2, 20, 2, tzinfo=UTC)
    store(machine, "state", (start, 6))
    derive_records(machine=machine, interval=Interval(start, NOW), now=NOW)
    take_stops("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T11:00Z")
    assert stops()[-1] == ("20 10:00", "20 11:00", "Night")


def test_imported_stops_take_the_place_of_derived_ones(machine, take_stops):
    start = datetime(2026, 2, 2, 12, tzinfo=UTC)
    at = [start + timedelta(minutes=n) for n in (0, 60, 90)]
    store(machine, "state", *zip(at, (6, 9, 6), strict=True))
    derive_records(machine=machine, interval=Interval(start, start + timedelta(hours=8)), now=NOW)
    assert Stop.objects.count() == 1
    take_stops("M001,2026-02-02T11:00,2026-02-02T12:00,\n")
    assert stops() == [("02 17:00", "02 18:00", "Day")]
    assert Stop.objects.count() == 1
    day = ProductionRecord.objects.filter(production_date="2026-02-02", shift="Day")
    assert dict(day.values_list("source", "effective")) == {"derived": False, "imported": True}


@pytest.mark.parametrize("stops_first", [True, False])
def test_stops_and_figures_of_one_shift_complete_each_other(
    machine, take_stops, tmp_path, stops_first
):
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "production_date,machine_id,shift,units_produced,defective_units,downtime_min\n"
        "2026-02-02,M001,Day,400,10,\n"
    )
    steps = [
        lambda: take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n"),
        lambda: import_production(path=figures, now=NOW),
    ]
    for step in (*(steps if stops_first else reversed(steps)),):
        step()
    record = shift("2026-02-02", "Day")
    assert (record.adet_s, record.apt_s, record.failures) == (3600, 390 * 60, 1)
    assert (record.units_produced, record.good_units) == (400, 390)
    assert record.oee == pytest.approx(60 * 390 / (450 * 60))
    assert all(told(step())[:2] == (0, 0) for step in steps)


def test_caches_learn_that_figures_changed_and_only_then(committed, chicago, take_stops):
    with tenant_context(chicago):
        make_machine("M001")
        before = data_version("plant_chicago")
        take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        after = data_version("plant_chicago")
        take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        assert (after - before, data_version("plant_chicago")) == (1, after)


def test_an_import_that_fails_half_way_leaves_nothing(machine, take_stops):
    make_machine("M002")
    whole = observed.store_given

    def fail(given, **named):
        if given[0].machine.machine_id == "M002":
            raise KeyboardInterrupt
        return whole(given, **named)

    with patch.object(observed, "store_given", fail), pytest.raises(KeyboardInterrupt):
        take_stops(
            "M001,2026-02-02T07:00,2026-02-02T08:00,\nM002,2026-02-02T07:00,2026-02-02T08:00,\n"
        )
    assert (Stop.objects.count(), ProductionRecord.objects.count()) == (0, 0)
