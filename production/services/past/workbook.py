"""The first sheet of an XLSX workbook as the text of a CSV file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from amis.errors import Invalid

MOST_BYTES = 512 * 1024 * 1024
"""Unpacked: a small file that unpacks without end would take the worker's memory."""


def csv_of_workbook(path: Path) -> str:
    """A line a row, empty ones too, so that lines are counted as the sheet counts them.

    Raises Invalid for a file that is no workbook.
    """
    # Only whoever is given a workbook pays for the package.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise Invalid("The workbook is too large; save the sheet as CSV.")
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            return _text(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
        raise Invalid("This is not an XLSX workbook.") from error


def _text(rows: Iterable[tuple[Any, ...]]) -> str:
    file = io.StringIO()
    writer, width = csv.writer(file, lineterminator="\n"), 0
    for row in rows:
        cells = [_cell(value) for value in row]
        # Cells beyond the last heading are there where somebody once formatted them.
        width = width or len("\n".join(cells).rstrip("\n").split("\n"))
        writer.writerow(cells[:width] if any(cells) else [])
    return file.getvalue()


def _cell(value: Any) -> str:
    """As a CSV file would write it."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
