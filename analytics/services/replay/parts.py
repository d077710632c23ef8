"""The replay's file, written part by part so that a killed replay goes on where it was."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

Row = Sequence[Any]


class ReplayFile:
    """Parts lie in a folder beside the file until all are there; then the file appears whole.

    `question` names everything that decides what the rows are: parts of another question are thrown
    away.
    """

    def __init__(self, path: Path, *, header: Sequence[str], question: dict[str, Any]) -> None:
        self._path, self._header = path, header
        self._folder = path.with_name(path.name + ".parts")
        asked = json.dumps(question, sort_keys=True)
        known = self._folder / "question.json"
        if not known.exists() or known.read_text("utf-8") != asked:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            known.write_text(asked, "utf-8")

    def part(self, name: str, make: Callable[[], Iterable[Row]]) -> None:
        """Make and keep a part, unless it is there."""
        kept = self._folder / f"{name}.csv"
        if kept.exists():
            return
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(_cells(row) for row in make())
        fresh = kept.with_suffix(".new")
        fresh.write_text(text.getvalue(), "utf-8")
        fresh.rename(kept)

    def finish(self, names: Iterable[str]) -> int:
        """Put the parts together in this order and remove them; how many rows there are."""
        fresh, rows = self._path.with_name(self._path.name + ".new"), 0
        with fresh.open("w", encoding="utf-8") as whole:
            whole.write(",".join(self._header) + "\n")
            for name in names:
                part = (self._folder / f"{name}.csv").read_text("utf-8")
                whole.write(part)
                rows += part.count("\n")
        fresh.rename(self._path)
        shutil.rmtree(self._folder)
        return rows


def _cells(row: Row) -> list[Any]:
    """Floats in full, nothing for None: a file that is equal when the numbers are."""
    return ["" if value is None else _cell(value) for value in row]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
