"""The earlier product's table, from a file and from a folder that is watched."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from amis.errors import Invalid
from production.models import ProductionRecord
from production.services.past import migrate_legacy
from production.services.raw_folder import take_files
from production.tests.imported import shift

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
HEADER = ("timestamp", "production_date", "machine_id", "shift", "units_produced",
          "defective_units", "downtime_min")  # fmt: skip
LINE = ("2026-02-07T14:00:03", "2026-02-07", "M001", "Day", 450, 5, 15)


def csv_text(*rows: tuple, header: tuple = HEADER) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in (header, *rows))


@pytest.fixture
def take(tmp_path: Path):
    def take_(*rows: tuple, header: tuple = HEADER, **named):
        path = tmp_path / "legacy.csv"
        path.write_text(csv_text(*rows, header=header), encoding="utf-8")
        return migrate_legacy(path=path, now=NOW, **named)

    return take_


def test_a_row_becomes_an_imported_record_once(machine, take):
    assert (take(LINE).created, take(LINE).unchanged) == (1, 1)
    record = shift("2026-02-07", "Day")
    assert (record.units_produced, record.defective_units, record.adet_s) == (450, 5, 15 * 60)


def test_a_dry_run_counts_and_writes_nothing(machine, take):
    assert take(LINE, dry_run=True).created == 1
    assert not ProductionRecord.objects.exists()


def test_of_a_shift_that_is_told_twice_the_newest_row_counts(machine, take):
    later, earlier = ("2026-02-08T09:00:00", *LINE[1:4], 460, 6, 20), LINE
    done = take(later, earlier)
    assert (done.created, shift("2026-02-07", "Day").units_produced) == (1, 460)
    assert any("newer row" in remark and remark.endswith("1.") for remark in done.remarks)


@pytest.mark.parametrize(
    ("stamp", "name", "day"),
    [
        ("2026-02-07T14:00:03", "Day", "2026-02-07"),
        ("2026-02-08T02:00:00", "Night", "2026-02-07"),
        ("2026-02-08T05:59:00", "Day", "2026-02-07"),
        # 05:30 in Chicago: the day shift has not begun.
        ("2026-02-08T11:30:00Z", "Day", "2026-02-07"),
    ],
)
def test_without_a_date_the_timestamp_tells_the_day(machine, take, stamp, name, day):
    header = tuple(column for column in HEADER if column != "production_date")
    take((stamp, "M001", name, 1, 0, 0), header=header)
    assert str(ProductionRecord.objects.get().production_date) == day


def test_every_bad_row_is_named_by_row_and_field_and_nothing_is_written(machine, take):
    with pytest.raises(Invalid) as error:
        take(
            LINE,
            ("yesterday", *LINE[1:]),
            ("", "", "M001", "Day", 1, 0, 0),
            ("", "2026-02-06", "M001", "Day", 1, 2, 0),
            ("", "2026-02-06", "M9", "Day", 1, 0, 0),
            ("", "2026-02-05", "M9", "Day", 1, 0, 0),
        )
    said = error.value.message
    for part in (
        "row 2 (line 3), timestamp",
        "row 3 (line 4), production_date: is missing",
        "row 4 (line 5), defective_units",
        "row 5 (line 6), machine_id",
        "M9 (2 rows)",
    ):
        assert part in said
    assert said.count("row 3 ") == 1
    assert not ProductionRecord.objects.exists()


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    at = datetime.fromisoformat("2026-02-07T14:00:00")
    book.active.append((at, date(2026, 2, 7), "M001", "Day", 450, 5.0, None))
    book.active["J9"].number_format = "0.00"
    book.save(path)


def test_a_workbook_is_read_like_a_csv_file(machine, tmp_path):
    workbook(tmp_path / "legacy.XLSX")
    migrate_legacy(path=tmp_path / "legacy.XLSX", now=NOW)
    record = shift("2026-02-07", "Day")
    assert (record.units_produced, record.defective_units, record.apt_s) == (450, 5, None)
    (tmp_path / "odd.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(Invalid, match="not an XLSX workbook"):
        migrate_legacy(path=tmp_path / "odd.xlsx")


def test_the_command_says_what_it_would_do(machine, tmp_path, capsys):
    path = tmp_path / "legacy.csv"
    path.write_text(csv_text(LINE))
    call_command("migrate_legacy", path, tenant="plant_chicago", dry_run=True)
    assert capsys.readouterr().out == "created 1, updated 0, unchanged 0\n"
    path.write_text(csv_text(LINE, (*LINE[:2], "M9", *LINE[3:])))
    with pytest.raises(CommandError, match="Register them first"):
        call_command("migrate_legacy", path, tenant="plant_chicago")


# --- the watched folder --------------------------------------------------------------------------


@pytest.fixture
def raw(settings, tmp_path, machine) -> Path:
    settings.RAW_DIR, settings.PROCESSED_DIR = tmp_path / "raw", tmp_path / "processed"
    take_files()
    return settings.RAW_DIR / "plant_chicago"


def names(folder: Path) -> list[str]:
    return sorted(path.name[11:] for path in folder.iterdir()) if folder.exists() else []


def test_a_file_that_rests_is_taken_and_moved(raw, settings):
    (raw / "a.csv").write_text(csv_text(LINE))
    workbook(raw / "b.xlsx")
    assert take_files() == []
    assert len(take_files()) == 2
    assert names(settings.PROCESSED_DIR / "plant_chicago") == ["a.csv", "b.xlsx"]
    assert list(raw.iterdir()) == []
    assert ProductionRecord.objects.count() == 1


def test_a_file_that_is_still_written_is_left(raw):
    path = raw / "a.csv"
    path.write_text(csv_text(LINE)[:60])
    take_files()
    path.write_text(csv_text(LINE))
    assert take_files() == []
    assert path.exists()
    assert len(take_files()) == 1


def test_a_bad_file_lies_beside_a_text_that_says_why(raw, settings):
    (raw / "bad.csv").write_text(csv_text((*LINE[:2], "M9", *LINE[3:])))
    (raw / "notes.txt").write_text("not ours")
    take_files()
    assert take_files() == []
    assert names(raw / "failed") == ["bad.csv", "bad.csv.txt"]
    (text,) = (raw / "failed").glob("*.txt")
    assert "row 1 (line 2), machine_id" in text.read_text()
    assert (raw / "notes.txt").exists()
    assert not ProductionRecord.objects.exists()


def test_a_second_file_of_the_same_name_does_not_replace_the_first(raw, settings):
    for _ in range(2):
        (raw / "a.csv").write_text(csv_text(LINE))
        os.utime(raw / "a.csv", ns=(time.time_ns(),) * 2)
        take_files()
        take_files()
    assert names(settings.PROCESSED_DIR / "plant_chicago") == ["2_a.csv", "a.csv"]
