"""The workbook and the CSV hold the numbers unrounded, and texts as texts."""

import csv
import io

import openpyxl
import pytest

from reports.document.definitions import DEFINITIONS
from reports.document.lines import csv_of, harmless
from reports.document.workbook import workbook_of
from reports.tests.sample_content import large_content, sample_content

CONTENT = sample_content()


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(workbook_of(CONTENT)))


def rows_of(sheet):
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_sheets_are_those_of_the_contract(book):
    names = ["summary", "records", "stops", "forecasts", "facts", "definitions"]
    assert book.sheetnames == names
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref


def test_numbers_are_unrounded_and_shown_rounded(book):
    summary = {row["figure"]: row for row in rows_of(book["summary"])}
    oee = next(cell for cell in book["summary"]["A"] if cell.value == "OEE").row
    assert summary["OEE"]["value"] == 0.8248
    assert book["summary"].cell(oee, 2).number_format == "0.0%"
    assert summary["Lost: all"]["value"] == 699
    assert summary["OEE, Filler 2"]["value"] == CONTENT.performance[0].oee
    record = rows_of(book["records"])[3]
    assert record["downtime_min"] == pytest.approx(CONTENT.records[3].downtime_min, rel=1e-14)
    fact = rows_of(book["facts"])[0]
    assert (fact["id"], fact["value"], fact["unit"]) == ("K1", 82.481203, "%")


def test_times_are_plant_time_and_days_are_days(book):
    stop, forecast = rows_of(book["stops"])[0], rows_of(book["forecasts"])[0]
    assert f"{stop['start']:%Y-%m-%d %H:%M}" == "2026-11-18 06:00"
    assert f"{forecast['date']:%Y-%m-%d}" == "2026-11-19"
    assert forecast["machine_id"] == "*"


def test_what_is_unknown_is_an_empty_cell(book):
    assert rows_of(book["facts"])[4]["value"] is None


def test_every_row_is_there_however_few_the_paper_shows():
    made = openpyxl.load_workbook(io.BytesIO(workbook_of(large_content(machines=4, rows=300))))
    assert made["records"].max_row == made["stops"].max_row == 301


def test_the_definitions_are_those_of_the_paper(book):
    assert [row["term"] for row in rows_of(book["definitions"])] == [d.term for d in DEFINITIONS]


def test_the_csv_has_the_records_with_the_apis_names():
    rows = list(csv.DictReader(io.StringIO(csv_of(CONTENT).decode())))
    assert len(rows) == len(CONTENT.records)
    assert rows[0]["production_date"] == "2026-11-18"
    assert float(rows[3]["downtime_min"]) == CONTENT.records[3].downtime_min


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_csv_cell_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"
