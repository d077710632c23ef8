"""Imported stops: every planned shift of the observed time, cut, joined, and imported again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from amis.interval import Interval
from production.live import data_version
from production.models import Machine, ProductionRecord, Stop
from production.services.derive import derive_records
from production.services.past import import_production, import_stops, observed
from production.services.reasons import ensure_reasons, give_reason
from production.tests.factories import make_machine, store

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
HEADER = "machine_id,start,end,reason\n"


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        ensure_reasons()
        yield make_machine("M001", breaks=[{"start": "10:00", "end": "10:30"}])


@pytest.fixture
def take(tmp_path: Path):
    """Imports lines, observed from and to, and gives what the import did."""

    def take_(lines: str, first="2026-02-02", last="2026-02-04", *, header=HEADER, **named):
        path = tmp_path / "stops.csv"
        path.write_text(header + lines, encoding="utf-8")
        named = {"now": NOW} | named
        return import_stops(path=path, observed_from=first, observed_to=last, **named)

    return take_


def told(outcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged, outcome.removed


def shift(day: str, name: str, machine_id="M001") -> ProductionRecord:
    return ProductionRecord.objects.get(
        machine__machine_id=machine_id, production_date=day, shift=name, source="imported"
    )


def stops() -> list[tuple[str, str, str]]:
    rows = Stop.objects.filter(imported=True).order_by("machine", "start")
    return [
        (f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}" if row.end else "", row.shift)
        for row in rows
    ]


def test_every_planned_shift_within_the_observed_time_is_a_record(machine, take):
    outcome = take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    # Local midnight to local midnight: the first night began a day before, the last one ends after.
    names = ProductionRecord.objects.order_by("shift_start").values_list("production_date", "shift")
    assert [f"{day:%d} {name}" for day, name in names] == [
        "02 Day", "02 Evening", "02 Night", "03 Day", "03 Evening",
    ]  # fmt: skip
    assert told(outcome) == (6, 0, 0, 0)


def test_a_shift_has_its_stops_as_downtime_and_no_pieces(machine, take):
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    record = shift("2026-02-02", "Day")
    assert (record.pbt_s, record.adet_s, record.apt_s) == (450 * 60, 3600, 390 * 60)
    assert (record.units_produced, record.good_units, record.defective_units) == (None,) * 3
    assert (record.oee, record.effective, record.failures, record.repair_s) == (None, True, 1, 3600)
    assert (record.no_data_s, record.simulated) == (0, False)
    silent = shift("2026-02-02", "Evening")
    assert (silent.adet_s, silent.apt_s, silent.failures) == (0, 480 * 60, 0)


def test_a_stop_in_a_break_is_no_downtime(machine, take):
    take("M001,2026-02-02T09:50,2026-02-02T10:40,\n")
    assert shift("2026-02-02", "Day").adet_s == 20 * 60
    assert stops() == [("02 15:50", "02 16:40", "Day")]


def test_a_stop_is_cut_at_shift_borders_and_belongs_to_both(machine, take):
    take("M001,2026-02-02T13:30,2026-02-02T14:45,\n")
    assert stops() == [("02 19:30", "02 20:00", "Day"), ("02 20:00", "02 20:45", "Evening")]
    assert shift("2026-02-02", "Day").adet_s == 30 * 60
    assert shift("2026-02-02", "Evening").adet_s == 45 * 60


def test_stops_that_overlap_are_one_and_keep_the_first_reason(machine, take):
    take(
        "M001,2026-02-02T07:30,2026-02-02T09:00,Odd noise\n"
        "M001,2026-02-02T07:00,2026-02-02T08:00,\n"
        "M001,2026-02-02T08:10,2026-02-02T08:20,Dust\n"
    )
    assert stops() == [("02 13:00", "02 15:00", "Day")]
    assert shift("2026-02-02", "Day").adet_s == 2 * 3600
    assert Stop.objects.get().cause == "Odd noise"


def test_stops_that_touch_stay_two_where_their_reasons_differ(machine, take):
    take(
        "M001,2026-02-02T07:00,2026-02-02T08:00,Dust\n"
        "M001,2026-02-02T08:00,2026-02-02T09:00,Noise\n"
        "M001,2026-02-02T11:00,2026-02-02T12:00,Dust\n"
        "M001,2026-02-02T12:00,2026-02-02T13:00,Dust\n"
    )
    assert [start for start, *_ in stops()] == ["02 13:00", "02 14:00", "02 17:00"]


def test_a_stop_outside_every_shift_is_kept_without_a_shift(machine, take):
    pattern = machine.shift_pattern
    pattern.days, pattern.shifts = ["mon"], pattern.shifts[:1]
    pattern.save()
    take("M001,2026-02-02T13:00,2026-02-03T09:00,\n")
    assert stops() == [("02 19:00", "02 20:00", "Day"), ("02 20:00", "03 15:00", "")]
    assert ProductionRecord.objects.count() == 1


def test_the_night_in_which_the_clock_goes_back_lasts_nine_hours(machine, take):
    lines = "M001,2026-10-31T22:00,2026-11-01T06:00,\n"
    take(lines, "2026-10-31", "2026-11-02", now=datetime(2026, 11, 20, tzinfo=UTC))
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
def test_an_hour_that_the_clock_shows_twice_is_the_first_one(machine, take, start, end, minutes):
    take(
        f"M001,{start},{end},\n", "2026-10-31", "2026-11-02", now=datetime(2026, 12, 1, tzinfo=UTC)
    )
    assert shift("2026-10-31", "Night").adet_s == minutes * 60


def test_a_time_that_the_clock_skips_is_the_end_of_the_gap(machine, take):
    lines = "M001,2026-03-08T02:30,2026-03-08T03:10,\n"
    take(lines, "2026-03-07", "2026-03-09", now=datetime(2026, 4, 1, tzinfo=UTC))
    assert shift("2026-03-07", "Night").adet_s == 10 * 60
    assert shift("2026-03-07", "Night").pot_s == 7 * 3600


def test_what_lies_outside_the_observed_time_is_left_out_and_said(machine, take):
    outcome = take(
        "M001,2026-01-30T07:00,2026-01-30T08:00,\n"
        "M001,2026-02-03T23:30,2026-02-04T02:00,\n"
        "M001,2026-02-05T07:00,2026-02-05T08:00,\n"
    )
    assert stops() == [("04 05:30", "04 06:00", "Night")]
    assert "Rows outside the observed time, left out: 2." in outcome.remarks


def test_a_stop_without_an_end_goes_on_only_where_the_observed_time_ends_now(machine, take):
    take("M001,2026-02-03T21:00,,\n")
    assert stops()[-1] == ("04 04:00", "04 06:00", "Night")
    take("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T11:00Z")
    assert stops()[-1] == ("20 10:00", "", "Night")
    later = NOW + timedelta(hours=2)
    take("M001,2026-02-20T04:00,,\n", "2026-02-19", "2026-02-20T13:00Z", now=later)
    assert stops()[-2:] == [("20 10:00", "20 12:00", "Night"), ("20 12:00", "", "Day")]


def test_a_machine_that_never_stopped_ran_all_the_time(machine, take):
    make_machine("M002")
    outcome = take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    assert shift("2026-02-02", "Day", "M002").adet_s == 0
    assert "Without a row in the file, so without a stop: M002." in outcome.remarks


def test_only_named_machines_are_observed_where_that_is_asked(machine, take):
    make_machine("M002")
    make_machine("M003")
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\nm003,,,\n", only_named=True)
    names = ProductionRecord.objects.values_list("machine__machine_id", flat=True).distinct()
    assert sorted(set(names)) == ["M001", "M003"]


def test_a_machine_of_which_samples_tell_is_not_taken_for_observed(machine, take):
    other = make_machine("M002")
    start = datetime(2026, 2, 2, 12, tzinfo=UTC)
    store(other, "state", (start, 6))
    derive_records(machine=other, interval=Interval(start, start + timedelta(hours=8)), now=NOW)
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    assert set(other.records.values_list("source", flat=True)) == {"derived"}


def test_the_same_file_again_changes_nothing(machine, take, chicago):
    lines = (
        "M001,2026-02-02T13:30,2026-02-02T14:45,Dust\nM001,2026-02-03T01:00,2026-02-03T02:00,jam\n"
    )
    first = take(lines)
    before = list(ProductionRecord.objects.order_by("pk").values())
    assert told(take(lines)) == (0, 0, first.created, 0)
    assert list(ProductionRecord.objects.order_by("pk").values()) == before


def test_a_corrected_file_changes_what_it_corrects(machine, take):
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\nM001,2026-02-03T07:00,2026-02-03T08:00,\n")
    outcome = take("M001,2026-02-02T07:00,2026-02-02T09:00,\n")
    assert told(outcome) == (0, 3, 3, 1)
    assert shift("2026-02-02", "Day").adet_s == 7200
    assert shift("2026-02-03", "Day").adet_s == 0


def test_months_that_are_imported_one_after_the_other_join(machine, take):
    lines = "M001,2026-02-03T13:00,2026-02-03T16:00,\n"
    take(lines, "2026-02-02", "2026-02-03T15:00")
    assert not ProductionRecord.objects.filter(production_date="2026-02-03", shift="Evening")
    take(lines, "2026-02-03T13:30", "2026-02-05")
    assert stops() == [("03 19:00", "03 20:00", "Day"), ("03 20:00", "03 22:00", "Evening")]
    assert shift("2026-02-03", "Day").adet_s == 3600


def test_a_reason_of_the_plants_tree_is_found_by_name_or_code(machine, take):
    take(
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


def test_a_persons_reason_survives_the_next_import_and_counts(machine, take):
    lines = "M001,2026-02-02T09:50,2026-02-02T11:00,\nM001,2026-02-02T12:00,2026-02-02T12:10,Dust\n"
    take(lines)
    assert shift("2026-02-02", "Day").unassigned_s == 40 * 60
    stop = Stop.objects.earliest("start")
    give_reason(stop_id=stop.pk, code="jam", note="again", user_id=7, label="alice")
    assert shift("2026-02-02", "Day").unassigned_s == 0
    assert told(take(lines))[:2] == (0, 0)
    stop.refresh_from_db()
    assert (stop.reason.code, stop.note, stop.reason_by) == ("jam", "again", "alice")


def test_derivation_leaves_imported_stops_alone_and_adds_none(machine, take):
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\nM001,2026-02-01T23:00,2026-02-02T02:00,\n")
    start = datetime(2026, 2, 2, 4, tzinfo=UTC)
    at = [start + timedelta(minutes=n) for n in (0, 30, 150, 720, 740)]
    store(machine, "state", *zip(at, (6, 9, 6, 9, 6), strict=True))
    before = stops()
    derive_records(machine=machine, interval=Interval(start, start + timedelta(hours=20)), now=NOW)
    assert stops() == before
    assert not Stop.objects.filter(imported=False).exists()
    day = ProductionRecord.objects.filter(production_date="2026-02-02", shift="Day")
    assert dict(day.values_list("source", "effective")) == {"derived": False, "imported": True}


def test_imported_stops_take_the_place_of_derived_ones(machine, take):
    start = datetime(2026, 2, 2, 12, tzinfo=UTC)
    at = [start + timedelta(minutes=n) for n in (0, 60, 90)]
    store(machine, "state", *zip(at, (6, 9, 6), strict=True))
    derive_records(machine=machine, interval=Interval(start, start + timedelta(hours=8)), now=NOW)
    assert Stop.objects.count() == 1
    take("M001,2026-02-02T11:00,2026-02-02T12:00,\n")
    assert stops() == [("02 17:00", "02 18:00", "Day")]
    assert Stop.objects.count() == 1
    day = ProductionRecord.objects.filter(production_date="2026-02-02", shift="Day")
    assert dict(day.values_list("source", "effective")) == {"derived": False, "imported": True}


@pytest.mark.parametrize("stops_first", [True, False])
def test_stops_and_figures_of_one_shift_complete_each_other(machine, take, tmp_path, stops_first):
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "production_date,machine_id,shift,units_produced,defective_units,downtime_min\n"
        "2026-02-02,M001,Day,400,10,\n"
    )
    steps = [
        lambda: take("M001,2026-02-02T07:00,2026-02-02T08:00,\n"),
        lambda: import_production(path=figures, now=NOW),
    ]
    for step in (*(steps if stops_first else reversed(steps)),):
        step()
    record = shift("2026-02-02", "Day")
    assert (record.adet_s, record.apt_s, record.failures) == (3600, 390 * 60, 1)
    assert (record.units_produced, record.good_units) == (400, 390)
    assert record.oee == pytest.approx(60 * 390 / (450 * 60))
    assert all(told(step())[:2] == (0, 0) for step in steps)


def test_caches_learn_that_figures_changed_and_only_then(committed, chicago, take):
    with tenant_context(chicago):
        make_machine("M001")
        before = data_version("plant_chicago")
        take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        after = data_version("plant_chicago")
        take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        assert (after - before, data_version("plant_chicago")) == (1, after)


def test_an_import_that_fails_half_way_leaves_nothing(machine, take):
    make_machine("M002")
    whole = observed.store_given

    def fail(given, **named):
        if given[0].machine.machine_id == "M002":
            raise KeyboardInterrupt
        return whole(given, **named)

    with patch.object(observed, "store_given", fail), pytest.raises(KeyboardInterrupt):
        take("M001,2026-02-02T07:00,2026-02-02T08:00,\nM002,2026-02-02T07:00,2026-02-02T08:00,\n")
    assert (Stop.objects.count(), ProductionRecord.objects.count()) == (0, 0)


def test_stops_of_one_plant_are_not_those_of_another(machine, take, lyon):
    take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
    with tenant_context(lyon):
        assert not Stop.objects.exists()
        with pytest.raises(Invalid, match="there is no machine 'M001'"):
            take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")


def test_times_without_an_offset_are_the_plants_own(lyon, take, db):
    with tenant_context(lyon):
        make_machine("M001")
        take("M001,2026-02-02T07:00,2026-02-02T08:00,\n")
        assert stops() == [("02 06:00", "02 07:00", "Day")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("M999,2026-02-02T07:00,2026-02-02T08:00,", "machine_id: there is no machine 'M999'"),
        (",2026-02-02T07:00,2026-02-02T08:00,", "machine_id: is missing"),
        ("M001,2026-02-02T08:00,2026-02-02T07:00,", "end: lies before start"),
        ("M001,yesterday,2026-02-02T07:00,", "start: must be a time such as"),
        ("M001,2026-02-30T07:00,2026-02-02T07:00,", "start: must be a time such as"),
        ("M001,0001-01-01,2026-02-02T07:00,", "start: must be a time such as"),
        ("M001,2026-02-02T07:00,soon,", "end: must be a time such as"),
        ("M001,,2026-02-02T07:00,", "start: is missing"),
        ("M001,2026-02-02T07:00,2026-02-02T08:00", "row: has 3 cells where the first line has 4"),
        ("M001,2026-02-02T07:00,2026-02-02T08:00,a,b", "row: has 5 cells"),
        ("M001,2026-02-02T07:00,2026-02-02T08:00,a\x07b", "reason: holds the control character"),
        (f"M001,2026-02-02T07:00,2026-02-02T08:00,{'x' * 201}", "reason: is longer than 200"),
        ("P001,2026-02-02T07:00,2026-02-02T08:00,", "machine_id: P001 has no shift pattern"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_written(machine, take, line, words):
    Machine.objects.create(machine_id="P001", machine_name="Press")
    with pytest.raises(Invalid) as refused:
        take(f"M001,2026-02-03T07:00,2026-02-03T08:00,\n\n{line}\n")
    assert f"row 2 (line 4), {words}" in refused.value.message
    assert not Stop.objects.exists()
    assert not ProductionRecord.objects.exists()


def test_of_many_faults_twenty_are_shown_and_the_rest_is_counted(machine, take):
    with pytest.raises(Invalid) as refused:
        take("X,2026-02-03T07:00,2026-02-03T08:00,\n" * 33)
    lines = refused.value.message.splitlines()
    assert (len(lines), lines[-2], lines[-1]) == (22, "… and 13 more.", "Nothing was written.")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("x", "2026-02-03", "--observed-from must be a time"),
        ("2026-02-02", "", "--observed-to must be a time"),
        ("2026-02-02", "2026-02-02", "--observed-to must lie after"),
        ("2026-02-02", "2026-02-21", "--observed-to lies in the future"),
    ],
)
def test_an_observed_time_that_is_none_is_refused(machine, take, first, last, words):
    with pytest.raises(Invalid, match=words):
        take("", first, last)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"machine_id;start;end\n", "start, end is missing.*Columns are separated by commas"),
        (b"", "line 1: the column machine_id, start, end is missing"),
        (b"machine_id,start\n", "line 1: the column end is missing"),
        (b"machine_id,start,end,end\n", "line 1: the column end is there twice"),
        (b"machine_id,start,end\nM001,\xff,x\n", "line 2: the file is not in UTF-8"),
        ("machine_id,start,end\n".encode("utf-16"), "line 1: the file is not in UTF-8"),
        (b'machine_id,start,end\nM001,"2026,x\n', "line 2: this is not CSV"),
        (None, "nothing.csv cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(machine, tmp_path, content, words):
    path = tmp_path / ("stops.csv" if content is not None else "nothing.csv")
    if content is not None:
        path.write_bytes(content)
    span = ("--observed-from", "2026-02-02", "--observed-to", "2026-02-04")
    with pytest.raises(CommandError, match=f"(?s){words}"):
        call_command("import_stops", str(path), "--tenant", "plant_chicago", *span)


def test_the_command_prints_what_it_did(machine, tmp_path):
    path, out = tmp_path / "stops.csv", StringIO()
    text = "\ufeffEnd,Machine_ID,Start,Ticket\r\n2026-02-02T08:00,m001,2026-02-02T07:00,4711\r\n"
    path.write_text(text, encoding="utf-8", newline="")
    span = ("--observed-from", "2026-02-02", "--observed-to", "2026-02-04")
    call_command("import_stops", str(path), "--tenant", "plant_chicago", *span, stdout=out)
    assert out.getvalue().splitlines() == [
        "created 6, updated 0, unchanged 0",
        "Columns that say nothing here: ticket.",
        "Observed machines: 1.",
    ]


def test_an_unknown_plant_is_a_sentence(db, tmp_path):
    span = ("--observed-from", "2026-02-02", "--observed-to", "2026-02-04")
    with pytest.raises(CommandError, match="There is no plant plant_oslo"):
        call_command("import_stops", str(tmp_path), "--tenant", "plant_oslo", *span)


def test_pages_and_kpis_of_a_machine_with_nothing_but_imported_stops(
    db, alice, client_of, chicago, take
):
    now = datetime.now(UTC)
    first, last = now - timedelta(days=3), now - timedelta(minutes=1)
    at = now - timedelta(hours=30)
    lines = f"M001,{at.isoformat()},{(at + timedelta(hours=1)).isoformat()},Dust\n"
    lines += f"M001,{(now - timedelta(hours=2)).isoformat()},,Smoke\n"
    with tenant_context(chicago):
        make_machine("M001")
        take(lines, first.isoformat(), last.isoformat(), now=now)
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
