"""A CSV file or a workbook's first sheet as rows of cells, and what is wrong with them by row, line
and column.

CSV is UTF-8 with or without a byte order mark, commas, a first line with the columns' names in any
order; lines may end as on any system. Empty lines are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amis.errors import Invalid
from production.services.past.workbook import csv_of_workbook

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` counts the rows below the first line from 1, `line` the file's lines from 1."""

    number: int
    line: int
    cells: list[str]


@dataclass(slots=True)
class Faults:
    """What is wrong in a file. Of many faults the first are kept and the rest counted."""

    shown: list[str] = field(default_factory=list)
    count: int = 0
    hint: str = ""

    def add(self, row: TableRow, column: str, message: str) -> None:
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(f"row {row.number} (line {row.line}), {column}: {message}")

    def raise_any(self) -> None:
        """Raise Invalid when there is a fault."""
        if self.count > len(self.shown):
            self.shown.append(f"… and {self.count - len(self.shown)} more.")
        if self.shown:
            hints = [self.hint] if self.hint else []
            raise Invalid("\n".join([*self.shown, *hints, "Nothing was written."]))


class Table:
    """The rows of a file, each with the cells of `required` and then of `optional` columns.

    A cell of an optional column that the file does not have is empty. Raises Invalid when the file
    cannot be read or lacks a column.
    """

    def __init__(self, path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.path = path
        self.faults = Faults()
        self._reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
        self._names = [name.strip().lower() for name in next(self._lines(), [])]
        self._check(required)
        wanted = [*required, *optional]
        self._columns = [self._names.index(n) if n in self._names else None for n in wanted]
        self.ignored = [name for name in self._names if name and name not in wanted]

    @property
    def remarks(self) -> tuple[str, ...]:
        return (f"Columns that say nothing here: {', '.join(self.ignored)}.",) * bool(self.ignored)

    def __iter__(self) -> Iterator[TableRow]:
        number, width = 0, len(self._names)
        for cells in self._lines():
            if not cells:
                continue
            number += 1
            row = TableRow(number, self._reader.line_num, self._wanted(cells))
            if len(cells) == width:
                yield row
            else:
                self.faults.add(
                    row, "row", f"has {len(cells)} cells where the first line has {width}"
                )

    def _lines(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error as error:
            line = self._reader.line_num
            raise Invalid(f"line {line}: this is not CSV: {error}.") from error

    def _wanted(self, cells: list[str]) -> list[str]:
        count = len(cells)
        return [cells[i].strip() if i is not None and i < count else "" for i in self._columns]

    def _check(self, required: Sequence[str]) -> None:
        twice = sorted({name for name in self._names if name and self._names.count(name) > 1})
        if twice:
            raise Invalid(f"line 1: the column {', '.join(twice)} is there twice.")
        missing = [name for name in required if name not in self._names]
        if not missing:
            return
        found = ", ".join(self._names) or "nothing"
        hint = ""
        if any(";" in name or "\t" in name for name in self._names):
            hint = " Columns are separated by commas."
        raise Invalid(
            f"line 1: the column {', '.join(missing)} is missing; the first line names the columns,"
            f" here: {found[:200]}.{hint}"
        )


def _text(path: Path) -> str:
    if path.suffix.lower() == ".xlsx":
        return csv_of_workbook(path)
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Invalid(f"line {line}: the file is not in UTF-8.") from error
