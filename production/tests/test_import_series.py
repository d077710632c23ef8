"""Imported process values: samples of any month, corrected by a later file, numbers only."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from production.models import Sample, Signal
from production.services.past import import_series
from production.tests.factories import make_machine, store

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
HEADER = "machine_id,signal,time,value\n"


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        machine = make_machine("M001")
        Signal.objects.create(machine=machine, name="power", role="process", node="")
        yield machine


@pytest.fixture
def take(tmp_path: Path):
    """Imports lines and gives how many samples were created, updated and unchanged."""

    def take_(lines: str) -> tuple[int, int, int]:
        path = tmp_path / "series.csv"
        path.write_text(HEADER + lines, encoding="utf-8")
        done = import_series(path=path, now=NOW)
        return done.created, done.updated, done.unchanged

    return take_


def values() -> list[tuple[str, float]]:
    rows = Sample.objects.order_by("source_timestamp").values_list("source_timestamp", "value")
    return [(at.isoformat(), value) for at, value in rows]


def test_values_of_years_ago_are_samples_in_plant_time_or_with_an_offset(machine, take):
    lines = "M001,power,2018-01-01 00:15,3.17\nm001,power,2018-07-01T00:00:00Z,-4e-1\n"
    assert take(lines) == (2, 0, 0)
    assert values() == [("2018-01-01T06:15:00+00:00", 3.17), ("2018-07-01T00:00:00+00:00", -0.4)]
    assert set(Sample.objects.values_list("status_code", flat=True)) == {0}


def test_the_same_file_again_changes_nothing_and_another_value_corrects(machine, take):
    lines = "M001,power,2018-01-01,1\nM001,power,2018-01-02,2\n"
    take(lines)
    assert take(lines) == (0, 0, 2)
    assert take(lines.replace("02,2", "02,5") + "M001,power,2018-01-03,3\n") == (1, 1, 1)
    assert [value for _, value in values()] == [1, 5, 3]


def test_a_value_takes_the_place_of_one_that_was_bad(machine, take):
    store(machine, "process", (datetime(2026, 2, 1, tzinfo=UTC), 7), status=0x80000000)
    assert take("M001,power,2026-02-01T00:00Z,7\n") == (0, 1, 0)
    assert Sample.objects.get().status_code == 0


def test_a_value_twice_in_the_file_is_harmless_where_it_is_the_same(machine, take):
    line = "M001,power,2018-01-01,1\n"
    assert take(line * 3) == (1, 0, 0)
    with pytest.raises(Invalid, match=r"row 2 \(line 3\), value: row 1 gives another one"):
        take(line + "M001,power,2018-01-01,2\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("M999,power,2018-01-01,1", "machine_id: there is no machine 'M999' with signals"),
        (",power,2018-01-01,1", "machine_id: is missing"),
        ("M001,,2018-01-01,1", "signal: is missing"),
        ("M001,torque,2018-01-01,1", "signal: M001 has no signal 'torque'"),
        ("M001,state,2018-01-01,1", "signal: state is a state signal, no process signal"),
        ("M001,power,once,1", "time: must be a time such as"),
        ("M001,power,,1", "time: must be a time such as"),
        ("M001,power,2026-02-11,1", "time: lies in the future"),
        ("M001,power,2018-01-01,", "value: is missing"),
        ("M001,power,2018-01-01,warm", "value: 'warm' is not a number"),
        ("M001,power,2018-01-01,nan", "value: 'nan' is not a number"),
        ("M001,power,2018-01-01,1e999", "value: '1e999' is not a number"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_written(machine, take, line, words):
    with pytest.raises(Invalid) as refused:
        take(f"M001,power,2018-02-01,1\n{line}\n")
    assert f"row 2 (line 3), {words}" in refused.value.message
    assert not Sample.objects.exists()


def test_the_command_prints_what_it_did(machine, tmp_path):
    path, out = tmp_path / "series.csv", StringIO()
    path.write_text(HEADER + "M001,power,2018-01-01,1\n")
    call_command("import_series", str(path), "--tenant", "plant_chicago", stdout=out)
    assert out.getvalue() == "created 1, updated 0, unchanged 0\n"
    path.write_text("machine_id,signal,time\n")
    with pytest.raises(CommandError, match="line 1: the column value is missing"):
        call_command("import_series", str(path), "--tenant", "plant_chicago")


def test_values_of_one_plant_are_not_those_of_another(machine, take, lyon):
    take("M001,power,2018-01-01,1\n")
    with tenant_context(lyon):
        assert not Sample.objects.exists()
        with pytest.raises(Invalid, match="there is no machine 'M001'"):
            take("M001,power,2018-01-01,1\n")
