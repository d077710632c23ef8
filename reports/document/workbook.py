"""The report as a workbook: numbers unrounded with a format, what people wrote always as text."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from reports.document.content import Content
from reports.document.sheets import Cell, Sheet, sheets

SAFE = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip
LONGEST = 32_767
"""Letters that a cell can hold."""
FORMATS = {
    "ratio": "0.0%", "min": "#,##0.0", "pieces": "#,##0", "number": "#,##0.00##",
    "moment": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd",
}  # fmt: skip
WIDTHS = {"moment": 19, "day": 11}
NARROWEST, WIDEST = 9, 48


def workbook_of(content: Content) -> bytes:
    """Sheets summary, records, stops, forecasts, facts and definitions; times are plant time."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, SAFE)
    head = content.head
    created = head.made_at.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    title = f"{head.plant_name} {head.first_day}"
    book.set_properties({"title": title, "author": "AMIS", "created": created})
    formats = {kind: book.add_format({"num_format": words}) for kind, words in FORMATS.items()}
    bold = book.add_format({"bold": True, "bottom": 1})
    for sheet in sheets(content):
        page = book.add_worksheet(sheet.name)
        _heads(page, sheet, bold)
        for n, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                _write(page, (n, column), cell, formats, ZoneInfo(head.zone))
    book.close()
    return made.getvalue()


def _heads(page: Any, sheet: Sheet, bold: Any) -> None:
    """The names stay in sight, can be filtered, and columns are as wide as what they hold."""
    last = len(sheet.heads) - 1
    for column, name in enumerate(sheet.heads):
        page.write_string(0, column, name, bold)
        page.set_column(column, column, _width(sheet, column))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), last)


def _width(sheet: Sheet, column: int) -> int:
    cells = [row[column] for row in sheet.rows if column < len(row)]
    wanted = [
        WIDTHS.get(cell.kind, len(str(cell.value)) if cell.kind == "text" else 12)
        for cell in cells
        if cell.value is not None
    ]
    return min(max([NARROWEST, len(sheet.heads[column]) + 3, *wanted]), WIDEST)


def _write(
    page: Any, place: tuple[int, int], cell: Cell, formats: dict[str, Any], zone: ZoneInfo
) -> None:
    """Never guesses what a text could mean."""
    value = cell.value
    if value is None:
        return
    if cell.kind == "text":
        page.write_string(*place, str(value)[:LONGEST])
    elif cell.kind in ("moment", "day"):
        if isinstance(value, datetime):
            value = value.astimezone(zone).replace(tzinfo=None)
        page.write_datetime(*place, value, formats[cell.kind])
    else:
        page.write_number(*place, value, formats[cell.kind])
