"""What is wrong with a file or an observed time is a sentence, and nothing is written."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from amis.errors import Invalid
from production.models import Machine, ProductionRecord, Stop


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
def test_a_fault_is_named_by_row_and_column_and_nothing_is_written(
    machine, take_stops, line, words
):
    Machine.objects.create(machine_id="P001", machine_name="Press")
    with pytest.raises(Invalid) as refused:
        take_stops(f"M001,2026-02-03T07:00,2026-02-03T08:00,\n\n{line}\n")
    assert f"row 2 (line 4), {words}" in refused.value.message
    assert not Stop.objects.exists()
    assert not ProductionRecord.objects.exists()


def test_of_many_faults_twenty_are_shown_and_the_rest_is_counted(machine, take_stops):
    with pytest.raises(Invalid) as refused:
        take_stops("X,2026-02-03T07:00,2026-02-03T08:00,\n" * 33)
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
def test_an_observed_time_that_is_none_is_refused(machine, take_stops, first, last, words):
    with pytest.raises(Invalid, match=words):
        take_stops("", first, last)


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
