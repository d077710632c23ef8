"""The replay's file, written part by part so that a killed replay goes on where it was."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from amis.errors import Conflict, Invalid

Row = Sequence[Any]


class ReplayFile:
    """Parts lie in a folder beside the file until all are there; then the file appears whole.

    `question` names everything that decides what the rows are: parts of another question are thrown
    away.
    """

    def __init__(self, path: Path, *, header: Sequence[str], question: dict[str, Any]) -> None:
        self._path, self._header = path, header
        self._folder = path.with_name(path.name + ".parts")
        self._asked = json.dumps(question, sort_keys=True)

    def __enter__(self) -> Self:
        """Raises Invalid where the file cannot be written, Conflict where another replay does."""
        with self._writing():
            if self._path.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            self._folder.mkdir(exist_ok=True)
            self._held = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._begin()
        except BaseException:
            os.close(self._held)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._held)

    def _begin(self) -> None:
        """The lock goes with the process, also with one that is killed."""
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another replay is writing {self._path}.") from None
        known = self._folder / "question.json"
        with self._writing():
            if known.exists() and known.read_bytes() == self._asked.encode():
                return
            for old in self._folder.iterdir():
                old.unlink()
            known.write_text(self._asked, "utf-8")

    def part(self, name: str, make: Callable[[], Iterable[Row]]) -> None:
        """Make and keep a part, unless it is there."""
        kept = self._folder / f"{name}.csv"
        if kept.exists():
            return
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(_cells(row) for row in make())
        fresh = kept.with_suffix(".new")
        with self._writing():
            fresh.write_text(text.getvalue(), "utf-8")
            fresh.rename(kept)

    def finish(self, names: Iterable[str]) -> int:
        """Put the parts together in this order and remove them; how many rows there are."""
        fresh, rows = self._path.with_name(self._path.name + ".new"), 0
        with self._writing(), fresh.open("w", encoding="utf-8") as whole:
            whole.write(",".join(self._header) + "\n")
            for name in names:
                part = (self._folder / f"{name}.csv").read_text("utf-8")
                whole.write(part)
                rows += part.count("\n")
        with self._writing():
            fresh.rename(self._path)
            shutil.rmtree(self._folder)
        return rows

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Invalid(f"{self._path} cannot be written: {error.strerror}.") from error


def _cells(row: Row) -> list[Any]:
    """Floats in full, nothing for None: a file that is equal when the numbers are."""
    return ["" if value is None else _cell(value) for value in row]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
