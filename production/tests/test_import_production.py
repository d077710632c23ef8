"""Imported shift figures: the rules of submitted ones, from a file of any length."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from production.models import ProductionRecord
from production.services.past import import_production
from production.services.submit import submit_records

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
HEADER = "production_date,machine_id,shift,units_produced,defective_units,downtime_min\n"


@pytest.fixture
def take(tmp_path: Path):
    """Imports lines and gives how many records were created, updated and unchanged."""

    def take_(lines: str, *, header: str = HEADER) -> tuple[int, int, int]:
        path = tmp_path / "figures.csv"
        path.write_text(header + lines, encoding="utf-8")
        done = import_production(path=path, now=NOW)
        return done.created, done.updated, done.unchanged

    return take_


def test_a_row_is_the_record_of_its_whole_shift(machine, take):
    assert take("2026-02-07,M001,Day,450,5,15\n") == (1, 0, 0)
    record = ProductionRecord.objects.get()
    assert (record.pbt_s, record.apt_s, record.adet_s) == (450 * 60, 435 * 60, 15 * 60)
    assert (record.good_units, record.source, record.effective) == (445, "imported", True)


def test_an_empty_figure_or_a_column_that_is_not_there_is_unknown(machine, take):
    take("2026-02-07,M001,Day,,,\n")
    record = ProductionRecord.objects.get()
    assert (record.units_produced, record.good_units, record.apt_s, record.oee) == (None,) * 4
    header = "machine_id,shift,production_date,downtime_min\n"
    assert take("m001,night,2026-02-06,480\n", header=header) == (1, 0, 0)
    night = ProductionRecord.objects.get(shift="Night")
    assert (night.units_produced, night.adet_s) == (None, 480 * 60)


def test_the_same_file_again_changes_nothing_and_another_figure_updates(machine, take):
    lines = "2026-02-07,M001,Day,450,5,15\n2026-02-07,M001,Evening,400,,\n"
    take(lines)
    assert take(lines) == (0, 0, 2)
    assert take(lines.replace("400,,", "400,1,")) == (0, 1, 1)
    assert take(lines) == (0, 1, 1)


def test_an_imported_figure_takes_the_place_of_a_derived_one_and_keeps_it(machine, take):
    take("2026-02-07,M001,Day,450,5,15\n")
    ProductionRecord.objects.update(source="derived", units_produced=430)
    take("2026-02-07,M001,Day,450,5,15\n")
    counting = dict(ProductionRecord.objects.values_list("source", "effective"))
    assert counting == {"derived": False, "imported": True}


def test_a_file_may_be_longer_than_a_request(machine, take):
    days = [f"{year}-{month:02}-{day:02}" for year in range(2019, 2026) for month in range(1, 13)
            for day in range(1, 29)]  # fmt: skip
    lines = [f"{d},M001,{s},400,1,5\n" for d in days for s in ("Day", "Evening", "Night")]
    assert len(lines) > 5_000
    assert take("".join(lines)) == (len(lines), 0, 0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2026-02-07,M999,Day,1,1,1", "machine_id: there is no machine 'M999'"),
        ("2026-02-07,,Day,1,1,1", "machine_id: is missing"),
        ("2026-02-07,M001,Late,1,1,1", "shift: there is no shift 'Late'; that day has: Day,"),
        ("2026-02-30,M001,Day,1,1,1", "production_date: must be a date such as"),
        ("2026-02-11,M001,Day,1,1,1", "production_date: lies in the future"),
        ("2026-02-07,M001,Day,-1,,", "units_produced: must not be negative"),
        ("2026-02-07,M001,Day,1.5,,", "units_produced: must be a whole number"),
        ("2026-02-07,M001,Day,many,,", "units_produced: must be a number"),
        ("2026-02-07,M001,Day,1_000,,", "units_produced: must be a number"),
        ("2026-02-07,M001,Day,nan,,", "units_produced: must be a number"),
        ("2026-02-07,M001,Day,1e999,,", "units_produced: is not a possible number"),
        ("2026-02-07,M001,Day,1,2,", "defective_units: must not exceed units_produced"),
        ("2026-02-07,M001,Day,,,451", "downtime_min: exceeds the planned busy time, 450 min"),
        ("2026-02-08,m001,day,,,1", "shift: row 1 is about the same machine and shift"),
        ("2026-02-07,M001,Day,1", "row: has 4 cells where the first line has 6"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_written(machine, take, line, words):
    with pytest.raises(Invalid) as refused:
        take(f"2026-02-08,M001,Day,1,1,1\n{line}\n")
    assert f"row 2 (line 3), {words}" in refused.value.message
    assert not ProductionRecord.objects.exists()


def test_a_file_says_with_the_words_of_a_request_what_is_wrong(machine, take):
    row = {"production_date": "2026-02-07", "machine_id": "M001", "shift": "Day"}
    with pytest.raises(Invalid) as one:
        submit_records(rows=[row | {"downtime_min": 500}], now=NOW)
    with pytest.raises(Invalid) as other:
        take("2026-02-07,M001,Day,,,500\n")
    assert one.value.extra["errors"][0]["message"] in other.value.message


def test_a_missing_column_is_a_sentence(machine, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("production_date,machine_id\n2026-02-07,M001\n")
    with pytest.raises(CommandError, match="line 1: the column shift is missing"):
        call_command("import_production", str(path), "--tenant", "plant_chicago")


def test_figures_of_one_plant_are_not_those_of_another(machine, take, lyon):
    take("2026-02-07,M001,Day,450,5,15\n")
    with tenant_context(lyon):
        assert not ProductionRecord.objects.exists()
        with pytest.raises(Invalid, match="there is no machine 'M001'"):
            take("2026-02-07,M001,Day,450,5,15\n")
