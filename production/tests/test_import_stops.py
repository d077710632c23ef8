"""Imported stops: every planned shift of the observed time, cut, joined, and imported again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from amis.interval import Interval
from production.models import ProductionRecord, Stop
from production.services.derive import derive_records
from production.tests.factories import make_machine, store
from production.tests.imported import NOW, shift, stops, told


def test_every_planned_shift_within_the_observed_time_is_a_record(machine, take_stops):
    outcome = take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    # Local midnight to local midnight: the first night began a day before, the last one ends after.
    names = ProductionRecord.objects.order_by("shift_start").values_list("production_date", "shift")
    assert [f"{day:%d} {name}" for day, name in names] == [
        "02 Day", "02 Evening", "02 Night", "03 Day", "03 Evening",
    ]  # fmt: skip
    assert told(outcome) == (6, 0, 0, 0)


def test_a_shift_has_its_stops_as_downtime_and_no_pieces(machine, take_stops):
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    record = shift("2026-02-02", "Day")
    assert (record.pbt_s, record.adet_s, record.apt_s) == (450 * 60, 3600, 390 * 60)
    assert (record.units_produced, record.good_units, record.defective_units) == (None,) * 3
    assert (record.oee, record.effective, record.failures, record.repair_s) == (None, True, 1, 3600)
    assert (record.no_data_s, record.simulated) == (0, False)
    silent = shift("2026-02-02", "Evening")
    assert (silent.adet_s, silent.apt_s, silent.failures) == (0, 480 * 60, 0)


def test_a_stop_in_a_break_is_no_downtime(machine, take_stops):
    take_stops("M001,2026-02-02T09:50,2026-02-02T10:40,\n")
    assert shift("2026-02-02", "Day").adet_s == 20 * 60
    assert stops() == [("02 15:50", "02 16:40", "Day")]


def test_a_stop_is_cut_at_shift_borders_and_belongs_to_both(machine, take_stops):
    take_stops("M001,2026-02-02T13:30,2026-02-02T14:45,\n")
    assert stops() == [("02 19:30", "02 20:00", "Day"), ("02 20:00", "02 20:45", "Evening")]
    assert shift("2026-02-02", "Day").adet_s == 30 * 60
    assert shift("2026-02-02", "Evening").adet_s == 45 * 60


def test_stops_that_overlap_are_one_and_keep_the_first_reason(machine, take_stops):
    take_stops(
        "M001,2026-02-02T07:30,2026-02-02T09:00,Odd noise\n"
        "M001,2026-02-02T07:00,2026-02-02T08:00,\n"
        "M001,2026-02-02T08:10,2026-02-02T08:20,Dust\n"
    )
    assert stops() == [("02 13:00", "02 15:00", "Day")]
    assert shift("2026-02-02", "Day").adet_s == 2 * 3600
    assert Stop.objects.get().cause == "Odd noise"


def test_a_reason_is_stored_letter_by_letter(machine, take_stops):
    take_stops('M001,2026-02-02T07:00,2026-02-02T08:00,"C:\\new\\N, ""Füllung"""\n')
    assert Stop.objects.get().cause == 'C:\\new\\N, "Füllung"'


def test_stops_that_touch_stay_two_where_their_reasons_differ(machine, take_stops):
    take_stops(
        "M001,2026-02-02T07:00,2026-02-02T08:00,Dust\n"
        "M001,2026-02-02T08:00,2026-02-02T09:00,Noise\n"
        "M001,2026-02-02T11:00,2026-02-02T12:00,Dust\n"
        "M001,2026-02-02T12:00,2026-02-02T13:00,Dust\n"
    )
    assert [start for start, *_ in stops()] == ["02 13:00", "02 14:00", "02 17:00"]


def test_a_stop_outside_every_shift_is_kept_without_a_shift(machine, take_stops):
    pattern = machine.shift_pattern
    pattern.days, pattern.shifts = ["mon"], pattern.shifts[:1]
    pattern.save()
    take_stops("M001,2026-02-02T13:00,2026-02-03T09:00,\n")
    assert stops() == [("02 19:00", "02 20:00", "Day"), ("02 20:00", "03 15:00", "")]
    assert ProductionRecord.objects.count() == 1


def test_the_night_in_which_the_clock_goes_back_lasts_nine_hours(machine, take_stops):
    lines = "M001,2026-10-31T22:00,2026-11-01T06:00,\n"
    take_stops(lines, "2026-10-31", "2026-11-02", now=datetime(2026, 11, 20, tzinfo=UTC))
    record = shift("2026-10-31", "Night")
    assert (record.pot_s, record.adet_s, record.apt_s) == (9 * 3600, 9 * 3600, 0)
    assert stops() == [("01 03:00", "01 12:00", "Night")]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-01T01:30", "2026-11-01T01:50", 20),
        ("2026-11-01T01:50", "2026-11-01T01:10", 20),  # the end is of the second hour
        ("2026-11-01T06:50:00Z", "2026-11-01T01:10:00-06:00", 20),
        ("2026-11-01 01:30", "2026-11-01 02:30", 120),
    ],
)
def test_an_hour_that_the_clock_shows_twice_is_the_first_one(
    machine, take_stops, start, end, minutes
):
    take_stops(
        f"M001,{start},{end},\n", "2026-10-31", "2026-11-02", now=datetime(2026, 12, 1, tzinfo=UTC)
    )
    assert shift("2026-10-31", "Night").adet_s == minutes * 60


def test_a_time_that_the_clock_skips_is_the_end_of_the_gap(machine, take_stops):
    lines = "M001,2026-03-08T02:30,2026-03-08T03:10,\n"
    take_stops(lines, "2026-03-07", "2026-03-09", now=datetime(2026, 4, 1, tzinfo=UTC))
    assert shift("2026-03-07", "Night").adet_s == 10 * 60
    assert shift("2026-03-07", "Night").pot_s == 7 * 3600


def test_what_lies_outside_the_observed_time_is_left_out_and_said(machine, take_stops):
    outcome = take_stops(
        "M001,2026-01-30T07:00,2026-01-30T08:00,\n"
        "M001,2026-02-03T23:30,2026-02-04T02:00,\n"
        "M001,2026-02-05T07:00,2026-02-05T08:00,\n"
    )
    assert stops() == [("04 05:30", "04 06:00", "Night")]
    assert "Rows outside the observed time, left out: 2." in outcome.remarks


def test_a_stop_without_an_end_goes_on_only_where_the_observed_time_ends_now(machine, take_stops):
    take_stops("M001,2026-02-03T21:00,,\n")
    assert stops()[-1] == ("04 04:00", "04 06:00", "Night")
    take_stops("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T11:00Z")
    assert stops()[-1] == ("20 10:00", "", "Night")
    later = NOW + timedelta(hours=2)
    take_stops("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T13:00Z", now=later)
    assert stops()[-2:] == [("20 10:00", "20 12:00", "Night"), ("20 12:00", "", "Day")]


def test_a_machine_that_never_stopped_ran_all_the_time(machine, take_stops):
    make_machine("M002")
    outcome = take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    assert shift("2026-02-02", "Day", "M002").adet_s == 0
    assert "Without a row in the file, so without a stop: M002." in outcome.remarks


def test_only_named_machines_are_observed_where_that_is_asked(machine, take_stops):
    make_machine("M002")
    make_machine("M003")
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\nm003,,,\n", only_named=True)
    names = ProductionRecord.objects.values_list("machine__machine_id", flat=True).distinct()
    assert sorted(set(names)) == ["M001", "M003"]


def test_a_machine_of_which_samples_tell_is_not_taken_for_observed(machine, take_stops):
    other = make_machine("M002")
    start = datetime(2026, 2, 2, 12, tzinfo=UTC)
    store(other, "state", (start, 6))
    derive_records(machine=other, interval=Interval(start, start + timedelta(hours=8)), now=NOW)
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    assert set(other.records.values_list("source", flat=True)) == {"derived"}


def test_a_reason_of_the_plants_tree_is_found_by_name_or_code(machine, take_stops):
    take_stops(
        "M001,2026-02-02T07:00,2026-02-02T08:00,JAM\n"
        "M001,2026-02-02T08:10,2026-02-02T08:20,worn part\n"
        "M001,2026-02-02T08:30,2026-02-02T08:50,Bird in the hall\n"
        "M001,2026-02-02T11:00,2026-02-02T11:15,\n"
    )
    rows = Stop.objects.order_by("start")
    assert [row.reason.code if row.reason else row.cause for row in rows] == [
        "jam", "wear", "Bird in the hall", "",
    ]  # fmt: skip
    assert shift("2026-02-02", "Day").unassigned_s == 15 * 60


def test_stops_of_one_plant_are_not_those_of_another(machine, take_stops, lyon):
    take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    with tenant_context(lyon):
        assert not Stop.objects.exists()
        with pytest.raises(Invalid, match="there is no machine 'M001'"):
            take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")


def test_times_without_an_offset_are_the_plants_own(lyon, take_stops, db):
    with tenant_context(lyon):
        make_machine("M001")
        take_stops("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        assert stops() == [("02 06:00", "02 07:00", "Day")]


def test_pages_and_kpis_of_a_machine_with_nothing_but_imported_stops(
    db, alice, client_of, chicago, take_stops
):
    now = datetime.now(UTC)
    first, last = now - timedelta(days=3), now - timedelta(minutes=1)
    at = now - timedelta(hours=30)
    lines = f"M001,{at.isoformat()},{(at + timedelta(hours=1)).isoformat()},Dust\n"
    lines += f"M001,{(now - timedelta(hours=2)).isoformat()},,Smoke\n"
    with tenant_context(chicago):
        make_machine("M001")
        take_stops(lines, first.isoformat(), last.isoformat(), now=now)
    client = client_of(alice, chicago)
    figures = client.get("/api/kpis?days=4").json()
    assert figures["units_produced"] is None
    assert figures["reasons"]["units_produced"] == "a count is unknown"
    assert figures["downtime_min"] > 0
    assert 0 < figures["availability"] < 1
    page = client.get("/machines/M001/")
    assert (page.status_code, client.get("/").status_code) == (200, 200)
    assert "Smoke" in page.content.decode()
    assert "imported file" in page.content.decode()
    assert client.get("/api/production").json()["results"][0]["source"] == "imported"
