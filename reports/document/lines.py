"""The records as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from reports.document.content import Content
from reports.document.sheets import RECORD_HEADS, Cell, record_cells

RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_of(content: Content) -> bytes:
    """UTF-8 with the API's names as heads; numbers unrounded, unknown ones empty."""
    made = StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(RECORD_HEADS)
    writer.writerows(_lines(content))
    return made.getvalue().encode()


def _lines(content: Content) -> Iterator[list[Any]]:
    for row in record_cells(content):
        yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> Any:
    value = cell.value
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """A text that a spreadsheet would calculate gets an apostrophe before it."""
    return f"'{text}" if text.startswith(RISKY) else text
